using CarrierOptimization.Adapters.Amop;
using CarrierOptimization.Pipeline.Triggers;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Amop;

public sealed class FolderTriggerSenderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-triggers-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Triggers => Path.Combine(_folder.FullName, "triggers");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_trigger_is_a_file_and_they_sort_by_sequence()
    {
        var sender = new FolderTriggerSender(Triggers);

        foreach (int sequence in new[] { 2, 10, 1 })
        {
            await sender.SendAsync(RunningAmop.Milestone(sequence, sequence), Token);
        }

        string[] files = [.. Directory.GetFiles(Triggers).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [RunningAmop.Milestone(1, 1).Body, RunningAmop.Milestone(2, 2).Body, RunningAmop.Milestone(10, 10).Body],
            files.Select(file => File.ReadAllText(file).TrimEnd()));
        Assert.StartsWith("session-0000000017-0001-", Path.GetFileName(files[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_is_written_once_whoever_sends_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            new FolderTriggerSender(Triggers).SendAsync(RunningAmop.Milestone(1, 0), Token)));

        string file = Assert.Single(Directory.GetFiles(Triggers));
        Assert.Equal(RunningAmop.Milestone(1, 0).Body, (await File.ReadAllTextAsync(file, Token)).TrimEnd());
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_is_tried_again()
    {
        await File.WriteAllTextAsync(Triggers, "a file where the folder should be", Token);

        TriggerException failure = await Assert.ThrowsAsync<TriggerException>(
            () => new FolderTriggerSender(Triggers).SendAsync(RunningAmop.Milestone(1, 0), Token));

        Assert.False(failure.IsPermanent);
        Assert.Contains(Triggers, failure.Message, StringComparison.Ordinal);
    }
}
