using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>The account's conferences, live and over, whoever made them.</summary>
internal static class TwimlConferences
{
    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        if (TwimlDates.Read(op, "DateCreated") is not { } created) return TwimlDates.Refuse(op, "DateCreated");
        if (TwimlDates.Read(op, "DateUpdated") is not { } updated) return TwimlDates.Refuse(op, "DateUpdated");
        if (Filled(op, "Status") is { } status && StatusOf(status) is null)
            return op.Fail(TwimlErrors.Bad("Status", "Status must be init, in-progress or completed."));
        var search = new ConferenceSearch
        {
            Name = Filled(op, "FriendlyName"), Status = Filled(op, "Status") is { } word ? StatusOf(word) : null, Created = created,
            Updated = updated, Cursor = Filled(op, "PageToken"), Offset = op.List.Offset, Limit = op.List.Size,
        };
        if (await parts.Store.Conferences.SearchAsync(op.Tenant, search, op.Stop) is not { } found) return TwimlPages.UnknownToken(op);
        return TwimlPages.Of(op, "conferences", "Conferences.json", [.. found.Rows.Select(row => Show(op, row))], found.Next is not null,
            found.Next);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts, "Sid") is { } conference ? op.Bare(200, Show(op, conference)) : op.Unknown("Sid");

    /// <summary>Ends it, or lets all hear something.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts, "Sid") is not { } conference) return op.Unknown("Sid");
        var body = new VoiceBody(op.ReadObject(), parts.Voice.Egress);
        bool isEnd = body.Text("Status") is { Length: > 0 };
        if (isEnd && body.Text("AnnounceUrl") is { Length: > 0 })
            return op.Fail(TwimlErrors.Bad("Status", "A conference that ends hears nothing: give a Status or an AnnounceUrl."));
        if (conference.Status is ConferenceStatus.Completed) return op.Refuse(Refusal.ConferenceEnded);
        var sounds = new BodySounds(op, parts.Voice, body, conference);
        var announcement = await sounds.AllAsync("AnnounceUrl", new BodyUrls(op, parts.Voice, body).Method("AnnounceMethod"));
        if (body.Problems.Count > 0) return op.Fail(TwimlErrors.Translate(body.Problems[0], TwimlCallBody.NameOf));
        var ack = isEnd ? await ConferenceEffects.EndAsync(op.Calls, conference.Id, op.Stop)
            : await ConferenceEffects.AnnounceAsync(op.Calls, conference.Id, [], announcement, body.Text("AnnounceUrl") ?? "", op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        if (sounds.Warnings.Count > 0
            && await parts.Store.Conferences.ListPresentAsync(op.Tenant, conference.Id, 0, 1, op.Stop) is [var one, ..])
            await sounds.WarnAsync(one.Part.Leg);
        return op.Bare(200, Show(op, isEnd ? await EndedAsync(op, parts, conference) : conference));
    }

    /// <summary>By its SID, or by its name.</summary>
    public static async ValueTask<ConferenceRow?> FindAsync(OperationContext op, TwimlParts parts, string parameter)
    {
        string sid = op.Path(parameter);
        string named = TwimlSids.Read("CF", sid) is { } uuid ? uuid.ToString() : sid;
        return await parts.Store.Conferences.FindAsync(op.Tenant, named, op.Stop);
    }

    private static JsonObject Show(OperationContext op, ConferenceRow row)
    {
        string sid = TwimlSids.Conference(row.Uuid), path = TwimlPaths.Of(op, $"Conferences/{sid}");
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["friendly_name"] = row.Name,
            ["status"] = ConferenceResources.WordOf(row.Status),
            ["region"] = null,
            ["reason_conference_ended"] = row.Ended is { } why ? ConferenceResources.ReasonOf(why) : null,
            ["call_sid_ending_conference"] = row.EndedByLeg is { } leg ? TwimlSids.Call(leg) : null,
            ["date_created"] = TexmlTime.Text(row.CreatedAt),
            ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
            ["subresource_uris"] = TwimlPaths.Below(path, "participants", "recordings"),
            ["uri"] = $"{path}.json",
        };
    }

    private static ConferenceStatus? StatusOf(string word) => word switch
    {
        "init" => ConferenceStatus.Init,
        "in-progress" => ConferenceStatus.InProgress,
        "completed" => ConferenceStatus.Completed,
        _ => null,
    };

    /// <summary>Its end is in the store in a moment.</summary>
    private static async ValueTask<ConferenceRow> EndedAsync(OperationContext op, TwimlParts parts, ConferenceRow before) =>
        await Settling.WaitAsync(op, parts.Voice, () => parts.Store.Conferences.FindAsync(op.Tenant, before.Uuid.ToString(), op.Stop),
            row => row.Status is ConferenceStatus.Completed) ?? before with { Status = ConferenceStatus.Completed, UpdatedAt = op.Now };

    private static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;
}
