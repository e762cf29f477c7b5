namespace CarrierOptimization.Engine.Model;

/// <summary>One thing wrong with the input: what was found, what was expected, what to do.</summary>
/// <param name="Subject">The plan, SIM or sum that is wrong, as the user knows it.</param>
/// <param name="Message">A whole sentence.</param>
public sealed record ModelMistake(string Subject, string Message)
{
    /// <summary>Name of the property of <see cref="RatePlan"/> that is wrong; <c>null</c> when it is not one property of a plan.</summary>
    public string? Property { get; init; }
}

/// <summary>The input cannot be priced. Carries every mistake, not only the first.</summary>
public sealed class ModelException : Exception
{
    public ModelException()
    {
    }

    public ModelException(string message)
        : base(message)
    {
    }

    public ModelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ModelException(IReadOnlyList<ModelMistake> mistakes)
        : base(string.Join(Environment.NewLine, mistakes.Select(mistake => mistake.Message))) => Mistakes = mistakes;

    public IReadOnlyList<ModelMistake> Mistakes { get; } = [];
}
