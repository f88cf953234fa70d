using System.Net;

namespace Ringwright.Core;

/// <summary>One address at which the peer says that its media can be reached (RFC 8445 section 4).</summary>
/// <param name="Address">Of RTP.</param>
public sealed record RemoteCandidate(IPEndPoint Address)
{
    /// <summary>Where the peer wants RTCP (RFC 3605); the port after RTP's unless said otherwise.</summary>
    public IPEndPoint? Control { get; init; }
    /// <summary>
    /// True when RTP may go to <see cref="Address"/> at once; false when the first packets must be awaited
    /// because neither the target policy nor the signalling source vouches for the address.
    /// </summary>
    public bool IsTrusted { get; init; } = true;
}

/// <summary>
/// The remote end of a stream: where whoever knows nothing of candidates sends, and the others in order of preference.
/// What c= and m= lines describe without ICE has no others. Equal when all candidates are.
/// </summary>
public sealed record RemoteCandidates(RemoteCandidate Default, IReadOnlyList<RemoteCandidate> Others)
{
    public RemoteCandidates(RemoteCandidate only) : this(only, []) { }

    /// <summary>The same candidates with something else said of each.</summary>
    public RemoteCandidates Select(Func<RemoteCandidate, RemoteCandidate> change) => new(change(Default), [.. Others.Select(change)]);

    public bool Equals(RemoteCandidates? other) => other is not null && Default == other.Default && Others.SequenceEqual(other.Others);

    public override int GetHashCode() => HashCode.Combine(Default, Others.Count);

    public static implicit operator RemoteCandidates(IPEndPoint only) => new(new RemoteCandidate(only));
}
