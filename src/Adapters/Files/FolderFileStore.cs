using System.Security.Cryptography;
using CarrierOptimization.Pipeline.Reports;

namespace CarrierOptimization.Adapters.Files;

/// <summary>Files of reports in a folder of this machine, or one that is mounted on it.</summary>
public sealed class FolderFileStore(string folder) : IFileStore
{
    private const string TemporaryEnd = ".part";

    private readonly string _folder = Path.GetFullPath(folder);

    public async Task<StoredFile> WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(Path.Combine(_folder, name));
        if (!path.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ArgumentException($"\"{name}\" leaves the folder of the reports.", nameof(name));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Twins may write the same report at the same time: each under a name of its own, the bytes are the same.
        string temporary = $"{path}.{Path.GetRandomFileName()}{TemporaryEnd}";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            await using (var watched = new WatchedStream(file, null, cancellationToken))
            {
                write(watched);
                watched.Flush();
                file.Flush(flushToDisk: true);
            }

            StoredFile stored = await DescribeAsync(path, temporary, cancellationToken);
            File.Move(temporary, path, overwrite: true);
            return stored;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<StoredFile> DescribeAsync(string path, string temporary, CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(temporary);
        byte[] hash = await SHA256.HashDataAsync(file, cancellationToken);
        return new StoredFile(path, file.Length, Convert.ToHexStringLower(hash));
    }
}
