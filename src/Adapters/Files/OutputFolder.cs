namespace CarrierOptimization.Adapters.Files;

/// <summary>
/// Files that appear all together or not at all: each is written under a temporary name, and <see cref="Publish"/> renames them.
/// Disposing without publishing removes what was written, and the folder if it was made here.
/// </summary>
public sealed class OutputFolder : IDisposable
{
    private const string TemporaryEnd = ".part";

    private readonly string _path;
    private readonly bool _isNew;
    private readonly List<string> _names = [];
    private bool _isPublished;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made.</exception>
    public OutputFolder(string path)
    {
        _path = Path.GetFullPath(path);
        _isNew = !Directory.Exists(_path);
        Directory.CreateDirectory(_path);
    }

    /// <summary>Full path a file has after <see cref="Publish"/>.</summary>
    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>Opens a file for writing under its temporary name; dispose it before the next step.</summary>
    /// <param name="written">Told the bytes written so far.</param>
    /// <param name="cancellationToken">A write after it was cancelled throws <see cref="OperationCanceledException"/>.</param>
    public Stream Create(string name, IProgress<long>? written, CancellationToken cancellationToken)
    {
        _names.Add(name);
        var file = new FileStream(PathOf(name) + TemporaryEnd, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        return new WatchedStream(file, written, cancellationToken);
    }

    /// <summary>Gives all files their names; files of an earlier run are replaced.</summary>
    public void Publish()
    {
        foreach (string name in _names)
        {
            File.Move(PathOf(name) + TemporaryEnd, PathOf(name), overwrite: true);
        }

        _isPublished = true;
    }

    public void Dispose()
    {
        if (_isPublished)
        {
            return;
        }

        foreach (string name in _names)
        {
            File.Delete(PathOf(name) + TemporaryEnd);
        }

        if (_isNew && !Directory.EnumerateFileSystemEntries(_path).Any())
        {
            Directory.Delete(_path);
        }
    }
}
