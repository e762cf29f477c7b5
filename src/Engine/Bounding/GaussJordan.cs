namespace CarrierOptimization.Engine.Bounding;

/// <summary>
/// Turns the left half of [A | I] into the unit matrix, leaving the inverse of A on the right. Rows are exchanged for
/// the largest pivot.
/// </summary>
internal static class GaussJordan
{
    /// <summary>
    /// Stands in for a pivot of 0, so that a singular basis gives wild values and not a crash; the bound is checked
    /// elsewhere.
    /// </summary>
    private const double PivotMin = 1e-300;

    public static void Reduce(double[][] matrix)
    {
        int size = matrix.Length;
        for (int column = 0; column < size; column++)
        {
            int best = column;
            for (int row = column + 1; row < size; row++)
            {
                if (Math.Abs(matrix[row][column]) > Math.Abs(matrix[best][column]))
                {
                    best = row;
                }
            }

            (matrix[column], matrix[best]) = (matrix[best], matrix[column]);
            double[] pivotRow = matrix[column];
            double pivot = Math.Abs(pivotRow[column]) < PivotMin ? PivotMin : pivotRow[column];
            for (int j = 0; j < pivotRow.Length; j++)
            {
                pivotRow[j] /= pivot;
            }

            for (int row = 0; row < size; row++)
            {
                double factor = matrix[row][column];
                if (row == column || factor == 0)
                {
                    continue;
                }

                double[] target = matrix[row];
                for (int j = 0; j < target.Length; j++)
                {
                    target[j] -= factor * pivotRow[j];
                }
            }
        }
    }
}
