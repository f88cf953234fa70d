using System.Text.Json.Nodes;
using Ringwright.Chakra.Clicks;
using Ringwright.Http;

namespace Ringwright.Chakra.Calling;

/// <summary>Calls that nobody here has carried: written down by hand, or taken over from another provider.</summary>
internal sealed class ChakraLog(ChakraCalls calls, ChakraParts parts)
{
    public static readonly string[] Moments = ["callStart", "connectionStart", "connectionEnd", "callEnd"];

    /// <summary>What is shown as it was said.</summary>
    public static readonly string[] Kept =
        ["providerPayload", .. Moments, "callDuration", "connectionDuration", "callInitiateLocation"];

    public async ValueTask<Reply> Handle(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var given = op.ReadObject();
        ChakraCalls.DropUnsaid(given);
        SaidParties.Read(parts, given, "to", "from");
        if (Check(op, given) is { } wrong) return op.Fail(wrong);
        string id = Guid.CreateVersion7(op.Now).ToString();
        string? provider = (string?)given["provider"], theirs = (string?)given["providerCallId"];
        if (theirs is not null && provider is null)
            return op.Fail(ChakraCalls.Invalid("provider", "Whose providerCallId it is must be said by provider."));
        if (provider is ChakraCall.Provider && theirs is not null && await calls.FindAsync(op.Tenant, theirs, op.Stop) is { } own
            && (own.Leg is not null || ClickMerge.IsClick(own.Note))) return op.Fail(OwnCall);
        var changed = await calls.Notes.ChangeAsync(
            db => theirs is null ? null : ChakraNotes.FindByProvider(db, op.Tenant, provider!, theirs),      // one with the other
            before => Next(op, before ?? New(op, id, provider, theirs), given, isNew: before is null),
            note => op.Note("logged", ChakraCalls.RecordType, note.Id), calls.TellLogged, op.Stop);
        if (changed.Note is not { } note) return op.Fail(changed.Problem!);         // one of the two
        var shown = new ChakraCall(null, note, null).Write(op.Links);
        return changed.IsNew ? op.Created(shown) : op.Bare(200, new JsonObject { ["_data"] = shown });
    }

    private static Problem OwnCall => new("CONFLICT", "This node carries the call itself: nobody says how it went.");

    private static ChakraNote New(OperationContext op, string id, string? provider, string? theirs) => new()
    {
        TenantId = op.Tenant, Id = id, IsLogged = true, Provider = provider, ProviderCallId = theirs, CreatedAt = op.Now,
        UpdatedAt = op.Now,
    };

    /// <summary>What is said again lays itself over what was said; a call that was said the same once more has not changed.</summary>
    private static NoteChanged Next(OperationContext op, ChakraNote note, JsonObject given, bool isNew)
    {
        if (note.DeletedAt is not null) return ChakraCalls.Gone;
        if (ClickMerge.IsClick(note)) return OwnCall;
        if (!isNew && given.All(field => JsonNode.DeepEquals(note.Document[field.Key], field.Value))) return note;
        var said = note.Saying(given);
        if (Order(said.Document) is { } wrong) return wrong;
        Reckon(said.Document);
        said = said with
        {
            FromParty = (string?)said.Document["from"],
            ToParty = (string?)said.Document["to"],
            Type = (string?)said.Document["type"],
            // A disposition that was made here stands.
            CallStatus = note.DisposedAt is not null ? note.CallStatus : (string?)said.Document["callStatus"] ?? ChakraStatus.Unknown,
        };
        return isNew ? said : said.At(op.Now);
    }

    private static Problem? Check(OperationContext op, JsonObject given)
    {
        if ((string?)given["team"] is { } team && !string.Equals(team, op.Tenant.ToString(), StringComparison.OrdinalIgnoreCase))
            return new Problem("NOT_FOUND", "There is no such team.") { Pointer = "/team" };
        return CheckUrl(given) ?? Order(given);
    }

    public static Problem? CheckUrl(JsonObject given) =>
        (string?)given["recordingUrl"] is not { } url || (Uri.TryCreate(url, UriKind.Absolute, out var read)
            && read.Scheme is "http" or "https") ? null : ChakraCalls.Invalid("recordingUrl", "recordingUrl must be an http or https URL.");

    /// <summary>callStart ≤ connectionStart ≤ connectionEnd ≤ callEnd, of those that are there.</summary>
    public static Problem? Order(JsonObject said)
    {
        long last = 0;
        foreach (string name in Moments)
            if ((long?)said[name] is { } at)
            {
                if (at < last) return ChakraCalls.Invalid(name, $"{name} is before what comes before it.");
                last = at;
            }
        return null;
    }

    /// <summary>A duration that nobody has said follows from its moments.</summary>
    public static void Reckon(JsonObject said)
    {
        Reckon(said, "callDuration", "callStart", "callEnd");
        Reckon(said, "connectionDuration", "connectionStart", "connectionEnd");
    }

    private static void Reckon(JsonObject said, string name, string from, string to)
    {
        if (said[name] is null && (long?)said[from] is { } begin && (long?)said[to] is { } end)
            said[name] = ChakraTime.Seconds(end - begin);
    }
}
