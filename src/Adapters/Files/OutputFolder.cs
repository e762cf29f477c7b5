namespace CarrierOptimization.Adapters.Files;

/// <summary>
/// Files that appear all together or not at all: each is written under a temporary name, and <see cref="Publish"/> renames them.
/// Disposing without publishing removes what was written, and the folders if they were made here.
/// </summary>
public sealed class OutputFolder : IDisposable
{
    private const string TemporaryEnd = ".part";
    private const string EarlierEnd = ".earlier";

    private readonly string _path;
    private readonly IReadOnlyList<string> _names;
    private readonly List<string> _newFolders;
    private readonly List<string> _created = [];
    private bool _isPublished;

    /// <summary>Makes the folder and checks that the files can be written, so that a run fails before its work and not after.</summary>
    /// <param name="names">The files that will be written.</param>
    /// <exception cref="OutputException">The folder cannot be made or written to.</exception>
    public OutputFolder(string path, IReadOnlyList<string> names)
    {
        _names = names;
        _newFolders = [];
        try
        {
            _path = Path.GetFullPath(path);
            _newFolders = MissingFolders(_path);
            Directory.CreateDirectory(_path);
            if (names.Concat(names.Select(name => name + TemporaryEnd)).FirstOrDefault(name => Directory.Exists(PathOf(name)))
                is { } folder)
            {
                throw new OutputException($"{folder} in it is a folder; expected a file of an earlier run, or none. "
                    + "Move it away, or choose another folder.");
            }

            new FileStream(PathOf(names[0]) + TemporaryEnd, FileMode.Create, FileAccess.Write, FileShare.None).Dispose();
            File.Delete(PathOf(names[0]) + TemporaryEnd);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            RemoveNewFolders();
            throw OutputException.Of(_path ?? path, failure);
        }
    }

    /// <summary>Full path a file has after <see cref="Publish"/>.</summary>
    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>Opens one of the files for writing under its temporary name; dispose it before the next step.</summary>
    /// <param name="written">Told the bytes written so far.</param>
    /// <param name="cancellationToken">A write after it was cancelled throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>A stream that throws <see cref="OutputException"/> when the system refuses to write.</returns>
    /// <exception cref="OutputException">The file cannot be opened.</exception>
    public Stream Create(string name, IProgress<long>? written, CancellationToken cancellationToken)
    {
        if (!_names.Contains(name))
        {
            throw new ArgumentException($"{name} was not named when the folder was opened.", nameof(name));
        }

        try
        {
            var file = new FileStream(PathOf(name) + TemporaryEnd, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            _created.Add(name);
            return new WatchedStream(file, written, cancellationToken, failure => OutputException.Of(_path, failure));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw OutputException.Of(_path, failure);
        }
    }

    /// <summary>Gives all files their names; files of an earlier run are replaced, all or none.</summary>
    /// <exception cref="OutputException">One cannot be replaced; all have their earlier content.</exception>
    public void Publish()
    {
        var replaced = new List<string>();
        try
        {
            foreach (string name in _created)
            {
                replaced.Add(name);
                Replace(name);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            string refused = replaced[^1];
            replaced.Reverse();
            bool isRestored = replaced.TrueForAll(Restore);
            throw new OutputException(
                $"{refused} in it cannot be replaced; another program may have it open. Close it there and run again, or choose another folder."
                + (isRestored ? "" : " Some files in it are of this run and some of an earlier one."),
                failure);
        }

        _isPublished = true;
        foreach (string name in _created)
        {
            Remove(PathOf(name) + EarlierEnd);
        }
    }

    public void Dispose()
    {
        if (_isPublished)
        {
            return;
        }

        foreach (string name in _created)
        {
            Remove(PathOf(name) + TemporaryEnd);
        }

        RemoveNewFolders();
    }

    /// <summary>One file at a time is without its name for a moment; the earlier one is kept until all have theirs.</summary>
    private void Replace(string name)
    {
        if (File.Exists(PathOf(name)))
        {
            File.Move(PathOf(name), PathOf(name) + EarlierEnd, overwrite: true);
        }

        File.Move(PathOf(name) + TemporaryEnd, PathOf(name));
    }

    /// <summary>Undoes <see cref="Replace"/>, however far it came.</summary>
    private bool Restore(string name)
    {
        try
        {
            if (!File.Exists(PathOf(name) + TemporaryEnd))
            {
                File.Move(PathOf(name), PathOf(name) + TemporaryEnd);
            }

            if (File.Exists(PathOf(name) + EarlierEnd))
            {
                File.Move(PathOf(name) + EarlierEnd, PathOf(name));
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A rest that cannot be removed is no reason to fail: it is replaced by the next run.</summary>
    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another program holds it.
        }
    }

    /// <summary>The folders on the path that are not there yet, the innermost first.</summary>
    private static List<string> MissingFolders(string path)
    {
        var missing = new List<string>();
        for (string? folder = path; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            missing.Add(folder);
        }

        return missing;
    }

    private void RemoveNewFolders()
    {
        foreach (string folder in _newFolders)
        {
            if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
            {
                return;
            }

            Directory.Delete(folder);
        }
    }
}
