# Writes the Copenhagen Stroke Study (data set `cost` of the Debian package r-cran-pec) as CSV: the
# whole file and one for each of four sites, by row number.
#   Rscript export_cost.R DIR      makes DIR/pooled.csv and DIR/site1/stroke.csv … DIR/site4/stroke.csv
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("usage: export_cost.R DIR")
folder <- arguments[1]

found <- new.env()
utils::data("cost", package = "pec", envir = found)
cost <- found$cost
if (is.null(cost) || nrow(cost) != 518) stop("the data set cost has not its 518 rows")

# quote = FALSE: numbers and the words female, male, no, yes need none.
write_csv <- function(rows, path) {
  utils::write.table(rows, path, sep = ",", quote = FALSE, row.names = FALSE, eol = "\n",
                     fileEncoding = "UTF-8")
}
write_csv(cost, file.path(folder, "pooled.csv"))
site <- pmin((seq_len(nrow(cost)) - 1) %/% 130 + 1, 4)   # 130, 130, 130 and 128 rows
for (i in 1:4) {
  dir.create(file.path(folder, paste0("site", i)), showWarnings = FALSE, recursive = TRUE)
  write_csv(cost[site == i, ], file.path(folder, paste0("site", i), "stroke.csv"))
}
