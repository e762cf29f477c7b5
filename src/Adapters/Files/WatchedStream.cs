namespace CarrierOptimization.Adapters.Files;

/// <summary>A stream that can be stopped between two writes, and tells how many bytes went into it.</summary>
/// <param name="failed">Makes the exception to throw of what the system said; <c>null</c>: that one.</param>
internal sealed class WatchedStream(
    Stream inner, IProgress<long>? written, CancellationToken cancellationToken, Func<IOException, Exception>? failed = null) : Stream
{
    private long _written;

    public override bool CanRead => false;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            inner.Write(buffer);
        }
        catch (IOException failure) when (failed is not null)
        {
            throw failed(failure);
        }

        _written += buffer.Length;
        written?.Report(_written);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        try
        {
            inner.Flush();
        }
        catch (IOException failure) when (failed is not null)
        {
            throw failed(failure);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // What is still in the buffer goes to the disk only now.
            try
            {
                inner.Dispose();
            }
            catch (IOException failure) when (failed is not null)
            {
                throw failed(failure);
            }
        }

        base.Dispose(disposing);
    }
}
