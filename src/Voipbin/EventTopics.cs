using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>Why a topic is none.</summary>
/// <param name="IsForeign">It is one, and not for who asks.</param>
/// <param name="IsUnheard">It is one, and nothing is ever told here of what it is about: the other topics of its order hold.</param>
internal sealed record TopicFault(string Text, bool IsForeign, bool IsUnheard = false)
{
    /// <summary>Of an order all those topics of which nothing is told, as they were said.</summary>
    public IReadOnlyList<string> Unheard { get; init; } = [];
}

/// <summary>
/// What one socket has subscribed to: <c>customer_id:UUID:campaign</c> of the customer, <c>agent_id:UUID:queuecall</c> of an agent, or with
/// <c>:UUID</c> of one behind it; <c>:*</c> is all of them, too. Of the customer's an event may stand there, as
/// <c>:campaign_status_run</c>. What is heard: any thread; the rest: one.
/// </summary>
/// <param name="caller">An agent hears what is its own.</param>
/// <param name="resources">Of which there are events.</param>
/// <param name="isAgent">Whether the customer has such an agent.</param>
internal sealed class EventTopics(Caller caller, IReadOnlySet<string> resources, Func<string, CancellationToken, ValueTask<bool>> isAgent)
{
    public const int Most = 100;

    private const int LongestName = 64;

    private const string OfCustomer = "customer_id", OfAgent = "agent_id";

    /// <summary>What the original has events of, and this node has none: clients subscribe to them beside others.</summary>
    private static readonly FrozenSet<string> Unheard = new[]
    {
        "accesskey", "ai", "aicall", "billing", "chat", "chatroom", "confbridge", "conference", "conferencecall", "contact", "conversation",
        "customer", "email", "extension", "message", "number", "provider", "route", "summary", "transcribe", "transfer", "trunk",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A resource, or one of it; of an agent with the agent before it.</summary>
    private readonly ConcurrentDictionary<string, byte> _all = new(StringComparer.Ordinal);
    /// <summary>Who has been found to be one of the customer's.</summary>
    private readonly HashSet<string> _agents = new(StringComparer.Ordinal);

    public bool IsEmpty => _all.IsEmpty;

    /// <summary>All of them that are heard of, or none where one is wrong.</summary>
    /// <returns>Why one is none, or is not heard of; null when they are all taken.</returns>
    public async ValueTask<TopicFault?> AddAsync(IReadOnlyList<string> topics, CancellationToken stop)
    {
        var (keys, fault) = await ReadAsync(topics, stop);
        if (_all.Count + keys.Count(key => !_all.ContainsKey(key)) > Most)
            return new($"A socket has at most {Most} topics.", IsForeign: false);
        foreach (string key in keys) _all[key] = 0;
        return keys.Count == 0 || fault is null ? fault : fault with { Text = fault.Text + " The other topics hold." };
    }

    /// <inheritdoc cref="AddAsync"/>
    public async ValueTask<TopicFault?> RemoveAsync(IReadOnlyList<string> topics, CancellationToken stop)
    {
        var (keys, fault) = await ReadAsync(topics, stop);
        foreach (string key in keys) _all.TryRemove(key, out _);
        return fault;
    }

    /// <summary>What is said of the event; null when nobody here wants it.</summary>
    public string? TextOf(OutboxMessage message)
    {
        if (message.Tenant != caller.Tenant || message.Format != VoipbinWebhookFormat.FormatName) return null;
        string resource = ResourceOf(message.EventType);
        string? field = AgentFieldOf(resource);
        bool isWhole = _all.ContainsKey(resource);
        if (!isWhole && !_all.Keys.Any(key => key.StartsWith(resource + ":", StringComparison.Ordinal)
            || field is not null && key.StartsWith(OfAgent, StringComparison.Ordinal))) return null;
        if (VoipbinWebhookFormat.HeardOf(message) is not { } text) return null;
        if (isWhole) return text;
        var data = JsonNode.Parse(text)?["data"];
        if (IsMeant(resource, field, data)) return text;
        // Who names the event hears what it is of, and nothing around that: so does the original.
        return _all.ContainsKey($"{resource}:{message.EventType}") ? data?.ToJsonString() : null;
    }

    /// <summary>Of an event's name: "campaign_status_run" is of a campaign.</summary>
    public static string ResourceOf(string name) => name.IndexOf('_', StringComparison.Ordinal) is > 0 and var end ? name[..end] : name;

    /// <summary>It may be one of the resource: "call_hangup" of a call.</summary>
    private static bool IsEvent(string resource, string name) => name.Length <= LongestName && ResourceOf(name) == resource
        && name.Length > resource.Length + 1 && name.All(letter => letter is >= 'a' and <= 'z' or '_');

    private bool IsMeant(string resource, string? field, JsonNode? data)
    {
        string? id = (string?)data?["id"];
        if (_all.ContainsKey($"{resource}:{id}")) return true;
        if (field is null || (string?)data?[field] is not { } agent) return false;
        string own = $"{OfAgent}:{agent}:{resource}";
        return _all.ContainsKey(own) || _all.ContainsKey($"{own}:{id}");
    }

    /// <summary>What says of a resource whose it is; null for those that are no agent's.</summary>
    private static string? AgentFieldOf(string resource) => resource switch
    {
        "agent" => "id",
        "queuecall" => "service_agent_id",
        _ => null,
    };

    /// <returns>No keys where there is a fault, but for one that is only not heard of.</returns>
    private async ValueTask<(HashSet<string> Keys, TopicFault? Fault)> ReadAsync(IReadOnlyList<string> topics, CancellationToken stop)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        TopicFault? first = null;
        var unheard = new List<string>();
        foreach (string topic in topics)
        {
            var (key, fault) = await ReadAsync(topic, stop);
            if (fault is { IsUnheard: true })
            {
                first ??= fault;
                unheard.Add(topic);
            }
            else if (fault is not null) return ([], fault);
            else keys.Add(key);
        }
        return (keys, first is null ? null : first with { Unheard = unheard });
    }

    private async ValueTask<(string Key, TopicFault? Fault)> ReadAsync(string topic, CancellationToken stop)
    {
        string[] parts = topic.Split(':');
        if (parts is [_, _, _, "*"]) parts = parts[..3];
        if (parts.Length is not (3 or 4) || parts[0] is not (OfCustomer or OfAgent) || !Guid.TryParseExact(parts[1], "D", out var owner)
            || parts.Length == 4 && !Guid.TryParseExact(parts[3], "D", out _) && !(parts[0] is OfCustomer && IsEvent(parts[2], parts[3])))
            return Wrong("A topic is customer_id:UUID:RESOURCE or agent_id:UUID:RESOURCE, or with :UUID of one resource behind it, "
                + "or :* of all, or of the customer's with an event's name.", isForeign: false);
        bool isOfAgent = parts[0] is OfAgent;
        if (isOfAgent && !await MayHearAsync(owner.ToString(), stop))
            return Wrong("An agent's events are the agent's own, and those of the customer's agents a manager's.", isForeign: true);
        if (!isOfAgent && owner.ToString() != caller.Tenant.ToString())
            return Wrong("This customer's own events can be subscribed to, and nobody else's.", isForeign: true);
        if (!isOfAgent && caller.Role < CallerRole.Member)
            return Wrong("An agent subscribes to what is its own: agent_id:UUID:RESOURCE.", isForeign: true);
        if (!resources.Contains(parts[2]))
            return Wrong($"There are no events of '{parts[2]}'.", isForeign: false, isUnheard: Unheard.Contains(parts[2]));
        if (isOfAgent && AgentFieldOf(parts[2]) is null)
            return Wrong($"Events of '{parts[2]}' are no agent's: those of agent and queuecall are.", isForeign: false, isUnheard: true);
        return (string.Join(':', isOfAgent ? parts : parts[2..]).ToLowerInvariant(), null);

        static (string Key, TopicFault? Fault) Wrong(string text, bool isForeign, bool isUnheard = false) =>
            ("", new(text, isForeign, isUnheard));
    }

    private async ValueTask<bool> MayHearAsync(string agent, CancellationToken stop)
    {
        if (caller.KeyId == Agents.KeyIdOf(agent) || _agents.Contains(agent)) return true;
        if (caller.Role < CallerRole.Member || !await isAgent(agent, stop)) return false;
        _agents.Add(agent);
        return true;
    }
}
