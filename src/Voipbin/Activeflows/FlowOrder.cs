using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>A flow that is to run.</summary>
internal sealed record FlowOrder
{
    public const string OfNothing = "", OfCall = "call", OfApi = "api", OfCampaign = "campaign", OfRecording = "recording",
        OfTranscription = "transcribe", OfAi = "ai";

    /// <summary>Of the run.</summary>
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The flow, read when its first action comes; null for <see cref="Script"/>.</summary>
    public Guid? Flow { get; init; }
    /// <summary>Actions that were given themselves.</summary>
    public FlowScript? Script { get; init; }
    public required string ReferenceType { get; init; }
    public Guid? Reference { get; init; }
    /// <summary>The run behind whose end it begins.</summary>
    public Guid? Parent { get; init; }
    /// <summary>Runs before it, each begun by the one before.</summary>
    public int Completed { get; init; }
    /// <summary>Calls before it, each placed by a flow of the one before.</summary>
    public int Generation { get; init; }
    /// <summary>The attempt of a campaign that it is for.</summary>
    public Guid? Attempt { get; init; }
    /// <summary>Of the customer's.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
    /// <summary>Of the node's own: names without <c>voipbin.</c>.</summary>
    public IReadOnlyDictionary<string, string> Own { get; init; } = new Dictionary<string, string>();
    /// <summary>Where its events go beside the customer's own URL.</summary>
    public FlowHook? Hook { get; init; }
    /// <summary>
    /// It is heard within something else that the call does: no run of its own, and its end is not the call's unless an action says so.
    /// </summary>
    public bool IsPart { get; init; }
    /// <summary>It begins while the far end rings; else when that has answered.</summary>
    public bool IsEarly { get; init; }
}

internal sealed record FlowHook(string Url, string Method);
