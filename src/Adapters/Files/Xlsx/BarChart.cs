namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>One series of a chart: its name and values stand in cells, and once more here for programs that do not recalculate.</summary>
/// <param name="NameCell">As "'Summary'!$C$40".</param>
/// <param name="Values">Decimal text.</param>
/// <param name="PointColours">A colour for each bar; <c>null</c> when all have <paramref name="Colour"/>.</param>
internal sealed record BarSeries(
    string Name, string NameCell, string ValuesRange, IReadOnlyList<string> Values, string Colour,
    IReadOnlyList<string>? PointColours = null);

/// <summary>Where a chart lies: whole cells, counted from 0, the last ones excluded.</summary>
/// <param name="GapPoints">Left free on the left side.</param>
internal readonly record struct ChartPlace(int FromColumn, int FromRow, int ToColumn, int ToRow, int GapPoints = 0);

/// <summary>A native bar chart.</summary>
/// <param name="NumberFormat">Of the value axis and the labels.</param>
/// <param name="IsHorizontal">Bars lie; the first category is at the top.</param>
internal sealed record BarChart(
    string Title,
    ChartPlace Place,
    string CategoriesRange,
    IReadOnlyList<string> Categories,
    IReadOnlyList<BarSeries> Series,
    string NumberFormat,
    bool IsHorizontal,
    bool ShowsValues);
