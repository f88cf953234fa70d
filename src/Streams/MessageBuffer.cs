using System.Buffers;

namespace Ringwright.Streams;

/// <summary>One message as its parts come in. It grows with what is really there, and gives back what a large one needed.</summary>
internal sealed class MessageBuffer : IDisposable
{
    private const int Usual = 8 * 1024, Kept = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Usual);
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public bool IsTooLong => _length > Limits.MessageBytes;

    /// <summary>Room for the next part.</summary>
    public Memory<byte> Room()
    {
        if (_length == _bytes.Length) Grow();
        return _bytes.AsMemory(_length);
    }

    public void Advance(int count) => _length += count;

    public void Reset()
    {
        _length = 0;
        if (_bytes.Length <= Kept) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(Usual);
    }

    /// <summary>Only when nothing writes into it any more.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
