using System.Collections.Concurrent;
using System.IO.Compression;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>
/// The bytes of an input file, unfolded if it is gzip (told by its first bytes, not by its name), read and unfolded ahead on a
/// thread of its own. Refuses what cannot be a CSV file in UTF-8 with a sentence.
/// </summary>
internal sealed class CsvBytes : Stream
{
    private const int BlockBytes = 1 << 18;
    private const int BlocksAhead = 8;

    private readonly Stream _file;
    private readonly Stream _content;
    private readonly GzipEnd? _gzipEnd;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopped = new();
    private readonly BlockingCollection<ArraySegment<byte>> _ahead = new(BlocksAhead);
    private readonly ConcurrentBag<byte[]> _spare = [];
    private Exception? _failure;
    private ArraySegment<byte> _block;
    private long _unfolded;
    private bool _isDisposed;

    private CsvBytes(Stream file)
    {
        _file = file;
        Span<byte> first = stackalloc byte[4];
        int count = file.ReadAtLeast(first, 4, throwOnEndOfStream: false);
        file.Position = 0;
        first = first[..count];
        if (first is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new InputException("the file is UTF-16; expected UTF-8. Save it again as \"CSV UTF-8\".");
        }

        if (first is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            throw new InputException("the file is a zip or a workbook; expected CSV. Export the sheet as \"CSV UTF-8\".");
        }

        _content = file;
        if (first is [0x1F, 0x8B, ..])
        {
            _gzipEnd = new GzipEnd();
            _content = new GZipStream(new FileThenTail(file), CompressionMode.Decompress);
        }

        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "csv read ahead" };
        _thread.Start();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes of the file that were taken so far, and all of them: for progress.</summary>
    public double Fraction => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <exception cref="InputException">The file is not there, cannot be read, or is no UTF-8 CSV file.</exception>
    public static CsvBytes Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return new CsvBytes(file);
        }
        catch (InputException)
        {
            file?.Dispose();
            throw;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException("there is no such file. Check the path.", failure);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException or NotSupportedException or ArgumentException)
        {
            file?.Dispose();
            throw new InputException(WhyNot(path, failure), failure);
        }
    }

    private static string WhyNot(string path, Exception failure) => failure switch
    {
        _ when string.IsNullOrWhiteSpace(path) => "no file is named; expected the path of a CSV file.",
        _ when Directory.Exists(path) => "this is a folder; expected a CSV file. Name the file in it.",
        NotSupportedException => "this is a pipe or a device; expected a file. Save the data to a file first.",
        UnauthorizedAccessException => "you may not read this file. Ask for the right to read it, or copy it to a place where you may.",
        PathTooLongException or ArgumentException => "this is no path of a file. Check the path.",
        _ => "it cannot be read; another program may have it open. Close it there, or copy the file and use the copy.",
    };

    public override int Read(Span<byte> buffer)
    {
        if (_block.Count == 0 && !TakeBlock())
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _block.Count);
        _block.AsSpan(0, count).CopyTo(buffer);
        _block = _block[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The reader of the text closes this stream too.
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _stopped.Cancel();
            _thread.Join();
            _content.Dispose();
            _file.Dispose();
            _ahead.Dispose();
            _stopped.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool TakeBlock()
    {
        if (_block.Array is { } used)
        {
            _spare.Add(used);
            _block = default;
        }

        if (_ahead.TryTake(out _block, Timeout.Infinite))
        {
            return true;
        }

        return _failure is null ? false : throw new InputException(_failure.Message, _failure);
    }

    private void ReadAhead()
    {
        try
        {
            while (NextBlock() is { Count: > 0 } block)
            {
                _ahead.Add(block, _stopped.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader is gone; nobody waits for the rest.
        }
        catch (InvalidDataException)
        {
            _failure = new InputException("the gzip data is damaged or cut off. Copy or compress the file again.");
        }
        catch (InputException failure)
        {
            _failure = failure;
        }
        catch (IOException failure)
        {
            _failure = new InputException("reading stopped in the middle: the disk or the network failed. Copy the file again.", failure);
        }
        finally
        {
            _ahead.CompleteAdding();
        }
    }

    private ArraySegment<byte> NextBlock()
    {
        byte[] buffer = _spare.TryTake(out byte[]? spare) ? spare : new byte[BlockBytes + GzipEnd.MarkLength];
        int count = _gzipEnd is null ? _content.Read(buffer, 0, BlockBytes) : _gzipEnd.Read(_content, buffer, BlockBytes);
        _unfolded += count;
        if (buffer.AsSpan(0, count).Contains((byte)0))
        {
            throw new InputException("the file contains zero bytes, so it is not text in UTF-8. Save it again as \"CSV UTF-8\".");
        }

        if (_gzipEnd is not null && _unfolded > CsvLimits.UnfoldingFreeBytes && _unfolded / CsvLimits.UnfoldingMax > _file.Length)
        {
            throw new InputException(
                $"the gzip data unfolds to more than {CsvLimits.UnfoldingMax} times its size, which no list of SIMs does. "
                + "If it is right, unfold the file and give it as plain CSV.");
        }

        return new ArraySegment<byte>(buffer, 0, count);
    }
}
