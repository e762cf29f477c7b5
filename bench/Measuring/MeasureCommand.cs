using System.CommandLine;

namespace CarrierOptimization.Benchmarks.Measuring;

/// <summary>The verb that <c>goals</c> runs in processes of its own; not for people.</summary>
internal static class MeasureCommand
{
    public static Command Make()
    {
        var order = new Argument<string>("order") { Description = "What to measure, as JSON." };
        var command = new Command(ChildMeasurement.Verb, "Measures one instance; used by goals.") { order };
        command.Hidden = true;
        command.SetAction(parsed => ChildMeasurement.Answer(parsed.GetValue(order)!));
        return command;
    }
}
