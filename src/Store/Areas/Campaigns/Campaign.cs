using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>A campaign in <see cref="Stopping"/> begins nothing more, and has calls that are still up.</summary>
public enum CampaignState { Stop, Run, Stopping }

/// <summary>Who is to be called, and how: the record that every face projects.</summary>
public sealed record Campaign
{
    /// <summary>The reason of one that stops because everybody on its list was called.</summary>
    public const string Exhausted = "exhausted";

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Name { get; init; }
    public required CampaignState State { get; init; }
    /// <summary>Why it stopped, as a word in snake case; null while it never has.</summary>
    public string? StopReason { get; init; }
    public required Guid List { get; init; }
    /// <summary>How it calls, as whoever dials reads it.</summary>
    public required JsonObject Terms { get; init; }
    /// <summary>Whose API made it, by the dialect's name; null for the operator's.</summary>
    public string? Face { get; init; }
    /// <summary>Rises with each change by its face.</summary>
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

public sealed record TargetList(Guid Id, TenantId Tenant, string Name, DateTimeOffset CreatedAt);

public enum TargetState { Idle, Progressing, Done }

/// <summary>One person of a list.</summary>
public sealed record Target
{
    /// <summary>Addresses of one person.</summary>
    public const int MostDestinations = 5;

    /// <summary>The outcome of one whom somebody has asked to call again, until it is called.</summary>
    internal const string Recalled = "recalled";

    /// <summary>
    /// The outcome of one of whom a list of the account's has said since that nobody is to call it. While its call is up, too: when that
    /// is over, nobody calls it again.
    /// </summary>
    public const string RefusedByList = "do_not_call_by_list";

    private const int UuidBytes = 16, Fractions = 4_096;

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Guid List { get; init; }
    public required string Name { get; init; }
    /// <summary>Free text of the account's.</summary>
    public string? Data { get; init; }
    /// <summary>IANA id; null takes what the number says.</summary>
    public string? TimeZone { get; init; }
    /// <summary>Of two targets of a list with the same key there is one; null for one that may be there twice.</summary>
    public string? IdentityKey { get; init; }
    /// <summary>+E.164 or SIP URI, or null, by place: at most <see cref="MostDestinations"/>.</summary>
    public required IReadOnlyList<string?> Destinations { get; init; }
    public TargetState State { get; init; }
    /// <summary>What became of the last attempt.</summary>
    public string? Outcome { get; init; }
    /// <summary>Not called before.</summary>
    public required DateTimeOffset DueAt { get; init; }
    /// <summary>How often the list was begun anew with it: tries are counted within one.</summary>
    public int Round { get; init; }
    /// <summary>Attempts so far, by place of the destination.</summary>
    public IReadOnlyList<int> Tries { get; init; } = [0, 0, 0, 0, 0];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>It was taken off the list while it was called.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Somebody has asked that it is called again: what was tried before says nothing against it.</summary>
    public bool IsRecalled => Outcome is Recalled;

    /// <summary>
    /// An id that comes behind those of all who were made before, by the microsecond too (RFC 9562 §6.2, method 3): of those who are due at
    /// one moment, as a window opens or a list is begun anew, it says who is called first.
    /// </summary>
    public static Guid NewId(DateTimeOffset made)
    {
        Span<byte> bytes = stackalloc byte[UuidBytes];
        Guid.CreateVersion7(made).TryWriteBytes(bytes, bigEndian: true, out _);
        long fraction = made.UtcTicks % TimeSpan.TicksPerMillisecond * Fractions / TimeSpan.TicksPerMillisecond;
        // Behind the millisecond and the version.
        bytes[6] = (byte)(bytes[6] & 0xF0 | (int)(fraction >> 8));
        bytes[7] = (byte)(fraction & 0xFF);
        return new(bytes, bigEndian: true);
    }

    /// <summary>Its data; null where they are no object, for they may be any text.</summary>
    public JsonObject? ReadData()
    {
        try
        {
            return Data is { } data ? JsonNode.Parse(data) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The first destination that has a try left; -1 when none has.</summary>
    /// <param name="most">Tries by place.</param>
    public int NextDestination(IReadOnlyList<int> most)
    {
        for (int place = 0; place < Destinations.Count; place++)
            if (Destinations[place] is not null && Tries[place] < most[place]) return place;
        return -1;
    }
}
