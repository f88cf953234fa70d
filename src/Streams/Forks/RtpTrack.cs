using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Rtp;

namespace Ringwright.Streams.Forks;

/// <summary>
/// One track as a stream of RTP, 20 ms a packet, from a socket of its own. Nothing is waited for: what the socket does not take at once is
/// lost, and nothing is read.
/// </summary>
internal sealed class RtpTrack : IDisposable
{
    private const int MillisecondsPerSecond = 1_000;
    /// <summary>The longest tag of SRTP.</summary>
    private const int TagBytes = 16;

    private readonly Codec _codec;
    private readonly byte _payloadType;
    private readonly RefusalWatch _refusals;
    private readonly Socket _socket;
    private readonly IAudioEncoder _encoder;
    private readonly SrtpProtector _protection = new();
    private readonly byte[] _packet;
    private readonly uint _source, _begin;
    private IPEndPoint _target;
    private ushort _sequence;
    /// <summary>Of the frame before; where the next one does not follow it, talk begins anew.</summary>
    private long _before = long.MinValue / 2;

    /// <param name="isHeard">
    /// Makes its SSRC odd, and one of what is said even: so a receiver of both at one port knows them apart.
    /// </param>
    /// <param name="key">Null for plain RTP.</param>
    /// <param name="from">A socket that is there already and then is the track's; null for a new one.</param>
    /// <exception cref="SocketException">There is no way there.</exception>
    public RtpTrack(IPEndPoint target, Codec codec, bool isHeard, RefusalWatch refusals, byte? payloadType = null, MediaKey? key = null,
        Socket? from = null)
    {
        (_target, _codec, _refusals) = (target, codec, refusals);
        _payloadType = payloadType ?? codec.PayloadType;
        _encoder = codec.CreateEncoder();
        _protection.Use(key);
        _packet = new byte[RtpPacket.HeaderBytes + codec.FrameBytes + TagBytes];
        Span<uint> random = stackalloc uint[3];
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(random));
        (_source, _begin) = ((random[0] & ~1u) | (isHeard ? 1u : 0u), random[1]);
        // The lower half only: a receiver that misses the first packets before a wrap would misjudge the roll-over counter.
        _sequence = (ushort)(random[2] & 0x7FFF);
        _socket = from ?? new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Blocking = false;
            _socket.Connect(target);
        }
        catch (SocketException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>From now on it goes there.</summary>
    /// <exception cref="SocketException">There is no way there.</exception>
    public void Aim(IPEndPoint target)
    {
        if (target.Equals(_target)) return;
        _socket.Connect(target);
        _target = target;
    }

    /// <returns>Why it makes no sense to go on, as part of a sentence; null when it does.</returns>
    public string? Send(in TapFrame frame, ReadOnlySpan<short> samples)
    {
        int length = _encoder.Encode(samples[..frame.Samples], _packet.AsSpan(RtpPacket.HeaderBytes));
        uint at = (uint)(frame.Milliseconds * _codec.ClockRate / MillisecondsPerSecond);
        bool isFirst = frame.Milliseconds - _before != Limits.FrameMilliseconds;
        RtpPacket.WriteHeader(_packet, isFirst, _payloadType, _sequence++, _begin + at, _source);
        _before = frame.Milliseconds;
        length = _protection.Protect(_packet, RtpPacket.HeaderBytes + length);
        _socket.Send(_packet.AsSpan(0, length), SocketFlags.None, out var error);
        if (error is SocketError.Success) return null;
        Metrics.ForkPacketsLost.Add(1);
        // A full queue is no answer of the far end's.
        if (error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable) return null;
        return _refusals.IsEnough() ? $"{_target} takes nothing: {new SocketException((int)error).Message}" : null;
    }

    public void Dispose()
    {
        _socket.Dispose();
        (_encoder as IDisposable)?.Dispose();
    }
}
