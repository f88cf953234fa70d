using System.Net;
using Ringwright.Core;

namespace Ringwright.Net.Streams;

/// <summary>
/// Whom a connection that we open leads to. <paramref name="Host"/> and <paramref name="Trunk"/> say what a TLS certificate must prove,
/// so that two trunks at one address never share a connection; TCP has neither.
/// <paramref name="Network"/> is the one that it goes by.
/// </summary>
internal readonly record struct StreamPeer(SipTransport Transport, IPEndPoint Remote, string? Host, TrunkId? Trunk, int Network);
