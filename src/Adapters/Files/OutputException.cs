namespace CarrierOptimization.Adapters.Files;

/// <summary>Results cannot be written. The message says what was found, what was expected, and what to do.</summary>
public sealed class OutputException : Exception
{
    public OutputException()
    {
    }

    public OutputException(string message)
        : base(message)
    {
    }

    public OutputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The sentence for what the system refused while a folder was made or a file in it written.</summary>
    internal static OutputException Of(string folder, Exception failure) => new(
        FileInTheWay(folder) is { } file
            ? $"{file} is a file; expected a folder. Move the file away, or choose another folder."
            : WhyNot(failure),
        failure);

    private static string WhyNot(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "you may not write in this folder. Ask for the right to, or choose another folder.",
        ArgumentException or PathTooLongException or NotSupportedException => "this is no path of a folder. Check it.",
        { HResult: SystemError.DiskFull or SystemError.QuotaUsedUp or SystemError.WindowsDiskFull or SystemError.WindowsHandleDiskFull } =>
            "the disk is full. Free some space, or choose a folder on another disk.",
        { HResult: SystemError.ReadOnly or SystemError.WindowsReadOnly } =>
            "this disk can only be read. Choose a folder on another disk.",
        FileNotFoundException or DirectoryNotFoundException => "no folder can be made here. Choose another folder.",
        _ => "files here cannot be written; another program, or another run, may have one open. "
            + "Close it there and run again, or choose another folder.",
    };

    private static string? FileInTheWay(string folder)
    {
        string? path = folder;
        while (path is not null && !Directory.Exists(path))
        {
            if (File.Exists(path))
            {
                return path;
            }

            path = Path.GetDirectoryName(path);
        }

        return null;
    }

    /// <summary>Numbers of the operating system that .NET passes on in <see cref="Exception.HResult"/> and has no names for.</summary>
    private static class SystemError
    {
        public const int DiskFull = 28;
        public const int QuotaUsedUp = 122;
        public const int ReadOnly = 30;
        public const int WindowsDiskFull = unchecked((int)0x80070070);
        public const int WindowsHandleDiskFull = unchecked((int)0x80070027);
        public const int WindowsReadOnly = unchecked((int)0x80070013);
    }
}
