namespace Ringwright.Calls;

/// <summary>What a destination is on this node: what the gate judges it by.</summary>
public enum DestinationKind
{
    /// <summary>A telephone number, however it was written; or a text that is nothing else.</summary>
    Number,
    /// <summary>A SIP user of ours, a subdomain, or an application that holds the call: it stays on this node.</summary>
    Here,
    /// <summary>Any other SIP URI: the customer says where the call goes.</summary>
    Elsewhere,
    /// <summary>A SIP URI at one of the operator's trunks that names no number.</summary>
    Nowhere,
}

/// <summary>A destination as it was understood, once for the gate and the plan alike.</summary>
/// <param name="To">What is judged, priced, routed and recorded: +E.164 where the text was a number
/// in disguise, else the text itself.</param>
public readonly record struct Destination(DestinationKind Kind, string To)
{
    /// <summary>What is said of one that is <see cref="DestinationKind.Nowhere"/>.</summary>
    public const string NoNumber =
        "The host of the SIP URI is one of this node's trunks, and the user part is no telephone number in international form.";
}
