using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Recovery;

/// <summary>All that a later process must know to end one leg at its far end. Travels as text, which nobody else reads.</summary>
internal sealed record RecoveryBye
{
    /// <summary>INVITEs of ours that may still be answered, and the one that was.</summary>
    public IReadOnlyList<SentInvite> Sent { get; init; } = [];
    /// <summary>The INVITE of an inbound leg; makes its dialog too, as long as that has not changed.</summary>
    public ReceivedInvite? Received { get; init; }
    /// <summary>As it stood last.</summary>
    public DialogRecord? Dialog { get; init; }
    /// <summary>Which way the messages of <see cref="Dialog"/> come.</summary>
    public FlowRecord? Flow { get; init; }
    /// <summary>Answers to <see cref="Sent"/> that came when nobody wanted the call any more.</summary>
    public IReadOnlyList<LateAnswer> Late { get; init; } = [];

    /// <summary>Escaped as little as JSON allows: six characters for each angle bracket of SIP would be most of the row.</summary>
    public string Write() => JsonScratch.Text(this,
        static (writer, bye) => JsonSerializer.Serialize(writer, bye, RecoveryByeJson.Default.RecoveryBye));

    /// <summary>Null for a text that is none.</summary>
    public static RecoveryBye? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RecoveryByeJson.Default.RecoveryBye);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Head">As <see cref="InviteHead"/> writes it.</param>
internal sealed record SentInvite(string Head, FlowRecord Flow);

internal sealed record LateAnswer(DialogRecord Dialog, FlowRecord Flow);

/// <param name="Head">As <see cref="InviteHead"/> writes it.</param>
/// <param name="Tag">Ours.</param>
/// <param name="Contact">Ours, as a header value.</param>
internal sealed record ReceivedInvite(string Head, string Tag, string Contact, FlowRecord Flow);

/// <summary>A way to a peer that outlives the process: without the number of a connection, for none of them does.</summary>
/// <param name="Remote">address:port</param>
internal sealed record FlowRecord(SipTransport Transport, string Remote, NatPolicy Nat)
{
    /// <summary>Where the place was that had been dialled; over TLS its name must be in the certificate.</summary>
    public string? Host { get; init; }
    public int? Port { get; init; }
    public Guid? Trunk { get; init; }
    /// <summary>As <see cref="SipNetworks.NameOf"/>.</summary>
    public string? Network { get; init; }

    public SipFlow ToFlow(SipNetworks networks, Instant now) =>
        networks.On(new SipFlow(Transport, IPEndPoint.Parse(Remote)), Network, now).Under(Nat);

    /// <summary>To be looked up again before anything is sent; null where the address is enough.</summary>
    public SipPlace? ToPlace() => Transport is SipTransport.Tls
        && Host is { } host ? new(host, Port, Transport, Trunk is { } trunk ? new TrunkId(trunk) : null) : null;

    /// <param name="dialled">Null for a way that the peer opened.</param>
    public static FlowRecord Of(SipFlow flow, SipPlace? dialled, SipNetworks networks) =>
        new(flow.Transport, flow.Remote.ToString(), flow.Nat)
        {
            Network = networks.NameOf(flow.Network),
            Host = flow.Transport is SipTransport.Tls ? dialled?.Host : null,
            Port = flow.Transport is SipTransport.Tls ? dialled?.Port : null,
            Trunk = flow.Transport is SipTransport.Tls ? dialled?.Trunk?.Value : null,
        };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RecoveryBye))]
internal sealed partial class RecoveryByeJson : JsonSerializerContext;
