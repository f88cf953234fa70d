using System.Globalization;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// Names one way to a peer, as the transport that has it minted it: for a connection that came in that very connection, for one that we
/// open the peer that it leads to, however often it is opened.
/// </summary>
public readonly record struct FlowId(long Value)
{
    /// <summary>None in particular: datagrams, and what is yet to find its connection by the peer's address.</summary>
    public static FlowId None => default;

    public bool IsNone => Value == 0;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
