using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>A call that the carrier refuses.</summary>
internal sealed class RefusedCallException : Exception
{
    public RefusedCallException()
    {
    }

    public RefusedCallException(string message)
        : base(message)
    {
    }

    public RefusedCallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RefusedCallException(int status, string message, string? code)
        : base(message) => Answer = CarrierAnswer.Error(status, message, code);

    public CarrierAnswer Answer { get; }
}

/// <summary>The parameters of one call. Names are taken letter by letter; unknown ones are refused.</summary>
internal readonly struct CarrierQuery
{
    public const int PageSizeMax = 50;

    private readonly IQueryCollection _query;

    /// <exception cref="RefusedCallException">A parameter is not among <paramref name="known"/>.</exception>
    public CarrierQuery(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        _query = query;
        var unknown = new List<string>();
        foreach (string name in query.Keys)
        {
            if (known.IndexOf(name) < 0)
            {
                unknown.Add(name);
            }
        }

        if (unknown.Count > 0)
        {
            throw new RefusedCallException(400, $"Unrecognized parameters: {string.Join(", ", unknown)}", "10000028");
        }

        PageSize = Math.Min(PageSizeMax, Number("pageSize", PageSizeMax));
        PageNumber = Number("pageNumber", 1);
    }

    /// <summary>Rows of a page, 1 to <see cref="PageSizeMax"/>; more is cut to that.</summary>
    public int PageSize { get; }

    /// <summary>From 1.</summary>
    public int PageNumber { get; }

    /// <returns>The parameter, or <c>null</c> when it is missing or empty.</returns>
    public string? Text(string name)
    {
        string? value = _query[name];
        return string.IsNullOrEmpty(value) ? null : value;
    }

    public int Number(string name, int otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new RefusedCallException(400, $"Invalid value for {name}: {text}; expected a whole number above 0", null);
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return CarrierDates.TryReadInstant(text, out DateTimeOffset instant)
            ? instant
            : throw new RefusedCallException(
                400, $"Invalid date for {name}: {text}; expected for example 2016-04-18T17:31:34Z, with + as %2B", null);
    }

    /// <summary>The part of <paramref name="rows"/> on this page, and whether it is the last.</summary>
    public (int From, int To, bool IsLast) Page(int rows)
    {
        long from = Math.Min(rows, (PageNumber - 1L) * PageSize);
        long to = Math.Min(rows, from + PageSize);
        return ((int)from, (int)to, to == rows);
    }
}
