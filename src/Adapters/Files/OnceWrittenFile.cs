namespace CarrierOptimization.Adapters.Files;

/// <summary>A file that appears whole or not at all, and is written once however often it is asked for.</summary>
public static class OnceWrittenFile
{
    /// <summary>Writes under another name, flushes to disk, then renames. Does nothing when the file is there.</summary>
    /// <param name="path">Its folder is made when missing.</param>
    /// <exception cref="IOException">It can't be written; nothing stays behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static async Task WriteAsync(
        string path, Func<Stream, CancellationToken, Task> writeAsync, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

        // Two writers of one file each have a name of their own until the end.
        string unfinished = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await writeAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
