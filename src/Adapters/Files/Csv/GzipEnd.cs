using System.IO.Compression;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Tells a whole gzip file from one that was cut off, which <see cref="GZipStream"/> does not.</summary>
/// <remarks>
/// One more gzip member with a mark is fed behind the end of the file (a gzip file may have several members). Only after a whole
/// file does the mark come out at the end; after a cut one the member is taken for the missing data.
/// </remarks>
internal sealed class GzipEnd
{
    public const int MarkLength = 16;

    private static readonly byte[] Mark = [0, 255, 1, 254, 2, 253, 3, 252, 4, 251, 5, 250, 6, 249, 7, 248];

    private readonly byte[] _held = new byte[MarkLength];
    private int _heldCount;
    private bool _isWhole;

    /// <summary>The compressed mark.</summary>
    public static byte[] Tail { get; } = Compress();

    /// <summary>Reads on, always holding back the last bytes, which may be the mark.</summary>
    /// <param name="buffer">At least <paramref name="wanted"/> + <see cref="MarkLength"/> long.</param>
    /// <returns>Bytes read, 0 at the end of a whole file.</returns>
    /// <exception cref="InputException">The file was cut off.</exception>
    public int Read(Stream content, byte[] buffer, int wanted)
    {
        _held.AsSpan(0, _heldCount).CopyTo(buffer);
        int count = _heldCount + content.ReadAtLeast(buffer.AsSpan(_heldCount, wanted), wanted, throwOnEndOfStream: false);
        bool isEnd = count < _heldCount + wanted;
        if (_isWhole && count == 0)
        {
            return 0;
        }

        if (isEnd && (count < MarkLength || !buffer.AsSpan(count - MarkLength, MarkLength).SequenceEqual(Mark)))
        {
            throw new InputException("the gzip data ends too early: the file was cut off, or something was added to it. Copy it again.");
        }

        _isWhole = isEnd;
        int given = Math.Max(0, count - MarkLength);
        _heldCount = isEnd ? 0 : count - given;
        buffer.AsSpan(given, _heldCount).CopyTo(_held);
        return given;
    }

    private static byte[] Compress()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(Mark);
        }

        return compressed.ToArray();
    }
}

/// <summary>A file followed by <see cref="GzipEnd.Tail"/>.</summary>
internal sealed class FileThenTail(Stream file) : Stream
{
    private int _tailRead;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int count = file.Read(buffer);
        if (count == 0)
        {
            count = Math.Min(buffer.Length, GzipEnd.Tail.Length - _tailRead);
            GzipEnd.Tail.AsSpan(_tailRead, count).CopyTo(buffer);
            _tailRead += count;
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
