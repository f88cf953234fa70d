using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Streams.Forks;

namespace Ringwright.Streams.Siprec;

/// <summary>The streams of one session: their sockets are there before the server has answered, for it is told their ports.</summary>
internal sealed class SiprecTracks : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(OfferedTrack Offered, Socket Socket)> _sockets = [];
    private readonly List<IDisposable> _own = [];
    private readonly SiprecOptions _options;
    private readonly TimeProvider _time;
    /// <summary>By number of <see cref="Offered"/>; null before it was wanted.</summary>
    private readonly RtpTrack?[] _tracks;
    private readonly bool[] _isWanted;

    /// <param name="local">The address that leads to the server.</param>
    /// <exception cref="SocketException">There are no sockets.</exception>
    public SiprecTracks(SiprecTerms terms, IPAddress local, IOwnPorts own, SiprecOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        try
        {
            foreach (var track in new[] { TapTracks.Said, TapTracks.Heard })
            {
                if (!terms.Tracks.HasFlag(track)) continue;
                var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                _sockets.Add((new(track, 0, null), socket));
                socket.Bind(new IPEndPoint(local, 0));
                int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                _own.Add(own.Hold(new(local, port), options.Advertise));
                _sockets[^1] = (new(track, port, terms.IsSecure ? SiprecOffer.NewKey() : null), socket);
            }
        }
        catch (SocketException)
        {
            foreach (var (_, socket) in _sockets) socket.Dispose();
            foreach (var held in _own) held.Dispose();
            throw;
        }
        (_tracks, _isWanted) = (new RtpTrack?[_sockets.Count], new bool[_sockets.Count]);
    }

    public IReadOnlyList<OfferedTrack> Offered => [.. _sockets.Select(one => one.Offered)];

    /// <summary>What the server wants from now on. A track keeps the codec that it began with.</summary>
    /// <exception cref="SocketException">There is no way there.</exception>
    public void Aim(SiprecAnswer answer)
    {
        lock (_lock)
        {
            for (int n = 0; n < _tracks.Length; n++)
            {
                var target = answer.Targets[n];
                _isWanted[n] = target.Remote is not null;
                if (target.Remote is not { } remote) continue;
                if (_tracks[n] is { } track) track.Aim(remote);
                else
                {
                    var (offered, socket) = _sockets[n];
                    _tracks[n] = new(remote, target.Codec, offered.Track is TapTracks.Heard,
                        new(_options.Patience, _options.Forgiveness, _time), target.PayloadType, offered.Key, socket);
                }
            }
        }
    }

    /// <returns>Why it makes no sense to go on, as part of a sentence; null when it does.</returns>
    public string? Send(in TapFrame frame, ReadOnlySpan<short> samples)
    {
        lock (_lock)
        {
            for (int n = 0; n < _tracks.Length; n++)
                if (_sockets[n].Offered.Track == frame.Track && _isWanted[n]) return _tracks[n]?.Send(frame, samples);
        }
        return null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Array.Fill(_isWanted, false);
            foreach (var track in _tracks) track?.Dispose();
            foreach (var (_, socket) in _sockets) socket.Dispose();
            foreach (var held in _own) held.Dispose();
        }
    }
}
