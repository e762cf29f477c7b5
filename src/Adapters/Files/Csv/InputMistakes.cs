namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>What is wrong with the input files: the first mistakes word for word, then a count.</summary>
public sealed class InputMistakes
{
    private readonly List<string> _shown = [];

    public long Count { get; private set; }

    /// <summary>The first <see cref="CsvLimits.MistakesShownMax"/>, and a last line that counts the rest.</summary>
    public IReadOnlyList<string> Lines => Count <= _shown.Count
        ? _shown
        : [.. _shown, $"... and {Count - _shown.Count:N0} more mistakes."];

    /// <summary>Adds <c>file:line: column: what is wrong</c>.</summary>
    /// <param name="what">What was found, what was expected, what to do; a sentence without its first capital.</param>
    public void Add(string file, long line, string column, string what) => Add($"{file}:{line}: {column}: {what}");

    /// <summary>Adds a mistake of a whole file.</summary>
    public void Add(string message)
    {
        if (Count++ < CsvLimits.MistakesShownMax)
        {
            _shown.Add(message);
        }
    }

    /// <exception cref="InputException">There are mistakes.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new InputException(Lines);
        }
    }
}

/// <summary>The input files cannot be used; says why, line by line.</summary>
public sealed class InputException : Exception
{
    public InputException()
    {
    }

    public InputException(string message)
        : base(message) => Lines = [message];

    public InputException(string message, Exception innerException)
        : base(message, innerException) => Lines = [message];

    public InputException(IReadOnlyList<string> lines)
        : base(string.Join(Environment.NewLine, lines)) => Lines = lines;

    public IReadOnlyList<string> Lines { get; } = [];
}
