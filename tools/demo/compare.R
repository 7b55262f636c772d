# Compares the result of a study with R's figures on the pooled file, to 12 significant digits.
#   Rscript compare.R pooled.csv result.tsv      exit 1 if a figure differs
# result.tsv has a line "measure <tab> n <tab> mean <tab> sd" for each measure; mean and sd are empty
# for counts. R reads the whole file; nothing else in the demo does.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("usage: compare.R POOLED RESULT")
pooled <- read.csv(arguments[1], stringsAsFactors = FALSE)
result <- read.delim(arguments[2], header = FALSE, colClasses = "character",
                     col.names = c("measure", "n", "mean", "sd"))

digits12 <- function(x) formatC(as.numeric(x), digits = 12, format = "g", flag = "#")
all_equal <- TRUE
line <- function(what, federated, of_pooled, shown = digits12) {
  equal <- digits12(federated) == digits12(of_pooled)
  all_equal <<- all_equal && equal
  cat(sprintf("  %-22s %20s %s %20s\n", what, shown(federated), if (equal) "=" else "#",
              shown(of_pooled)))
}

cat(sprintf("  %-22s %20s %s %20s\n", "", "federated", "=", "pooled"))
for (i in seq_len(nrow(result))) {
  name <- result$measure[i]
  if (name == "n") {
    line("records", result$n[i], nrow(pooled), as.character)
  } else if (grepl("=", name, fixed = TRUE)) {
    part <- strsplit(name, "=", fixed = TRUE)[[1]]
    line(paste("count", name), result$n[i], sum(pooled[[part[1]]] == part[2]),
         as.character)
  } else {
    line(paste("mean", name), result$mean[i], mean(pooled[[name]]))
    line(paste("sd", name), result$sd[i], sd(pooled[[name]]))
  }
}
if (nrow(result) == 0) stop("the result is empty")
if (!all_equal) {
  cat("  the figures differ\n")
  quit(status = 1)
}
