namespace CarrierOptimization.Pipeline.Reports;

/// <summary>Keeps the files of reports: a folder, or a bucket.</summary>
public interface IFileStore
{
    /// <summary>Writes a file. It appears whole or not at all, and replaces an earlier one of the same name.</summary>
    /// <param name="name">With slashes between folders, for example <c>sessions/17/report.xlsx</c>.</param>
    /// <param name="write">Writes the content; the stream can seek.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    Task<StoredFile> WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken);
}

/// <summary>A file that is kept.</summary>
/// <param name="Path">Where it lies, as mails and people are told.</param>
/// <param name="Sha256">Hexadecimal.</param>
public sealed record StoredFile(string Path, long Bytes, string Sha256);
