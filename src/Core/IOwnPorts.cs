using System.Net;

namespace Ringwright.Core;

/// <summary>
/// The ports for datagrams that the node has bound at this moment: those of calls, bound ahead for calls, and of sessions with recording
/// servers. It changes while the node runs, and may be asked on any thread. A port of its range that another program has is not in it.
/// </summary>
public interface IOwnPorts
{
    bool Has(IPAddress address, int port);

    /// <summary>The port is bound until what is returned is disposed. Whoever watches it is told before this returns.</summary>
    /// <param name="advertised">What the world calls that address; null when it has no other name.</param>
    IDisposable Hold(IPEndPoint bound, IPAddress? advertised = null);

    /// <summary>
    /// Tells when one of the addresses becomes the node's own, at once when one is already; more than once when several do. To be disposed
    /// when nothing is sent there any longer.
    /// </summary>
    IDisposable Watch(IReadOnlyList<IPEndPoint> targets, Action taken);
}

/// <summary>Those of whoever binds none.</summary>
public sealed class NoOwnPorts : IOwnPorts, IDisposable
{
    public static readonly NoOwnPorts Instance = new();

    private NoOwnPorts() { }

    public bool Has(IPAddress address, int port) => false;

    public IDisposable Hold(IPEndPoint bound, IPAddress? advertised = null) => this;

    public IDisposable Watch(IReadOnlyList<IPEndPoint> targets, Action taken) => this;

    public void Dispose() { }
}
