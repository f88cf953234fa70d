using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>Recordings that run or are kept: of the account, of a call, of a conference; and their sound.</summary>
internal static class TwimlRecordings
{
    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        var search = new RecordingSearch();
        if (Filled(op, "CallSid") is { } call)
            search = search with { Leg = TwimlSids.TryCall(call, out var leg) ? leg : default };      // of no call there are none
        if (Filled(op, "ConferenceSid") is { } conference)
            search = search with { Conference = TwimlSids.Read("CF", conference) ?? Guid.Empty };
        return await ListAsync(op, parts, search, "Recordings.json");
    }

    public static async ValueTask<Reply> ListOfCall(OperationContext op, TwimlParts parts) =>
        await TwimlPaths.FindCallAsync(op, parts, "CallSid") is { } leg
            ? await ListAsync(op, parts, new() { Leg = leg.Id }, $"Calls/{op.Path("CallSid")}/Recordings.json") : op.Unknown("CallSid");

    public static async ValueTask<Reply> ListOfConference(OperationContext op, TwimlParts parts) =>
        await TwimlConferences.FindAsync(op, parts, "ConferenceSid") is { } conference
            ? await ListAsync(op, parts, new() { Conference = conference.Uuid },
                $"Conferences/{TwimlSids.Conference(conference.Uuid)}/Recordings.json")
            : op.Unknown("ConferenceSid");

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts) is { } row ? op.Bare(200, Show(op, row)) : op.Unknown("Sid");

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts) is not { } row) return op.Unknown("Sid");
        if (await Recordings.DeleteAsync(op, parts.Voice, row.Id) is not null) return op.NoContent();
        return op.Fail(new Problem(TwimlErrors.State, "The recording is still being made: stop it first."));
    }

    /// <summary>
    /// The sound itself, in the form that it is kept in; what is kept as WAV also as MP3, and what has two channels also in one.
    /// </summary>
    /// <param name="format">That is asked for; null takes either.</param>
    public static async ValueTask<Reply> GetMedia(OperationContext op, TwimlParts parts, RecordFormat? format)
    {
        if (op.Path("AccountSid") != TwimlSids.Account(op.Tenant)) return op.Unknown("AccountSid");
        if (TwimlSids.Read("RE", op.Path("Sid")) is not { } id
            || await parts.Store.Recordings.FindAsync(op.Tenant, id, op.Stop) is not { } row) return op.Unknown("Sid");
        if (row.Place is not null) return op.Unknown("Sid", "This recording is in the bucket of its application.");
        string asked = Filled(op, "RequestedChannels")?.ToLowerInvariant() ?? "";
        if (asked is not ("" or "1" or "mono" or "2" or "dual"))
            return op.Fail(TwimlErrors.Bad("RequestedChannels", "RequestedChannels must be 1 (mono) or 2 (dual)."));
        if (asked is "2" or "dual" && row.Plan.Channels is 1)
            return op.Fail(TwimlErrors.Bad("RequestedChannels", "This recording has one channel: what both said is in it."));
        bool isMixed = asked is "1" or "mono" && row.Plan.Channels is 2;
        var (kept, key) = (row.Plan.Format, BlobKey.OfRecording(op.Tenant, id, row.Plan.Format));
        var wanted = format ?? kept;
        if (wanted != kept && (kept, wanted) is not (RecordFormat.Wav, RecordFormat.Mp3))
            return op.Unknown("Sid", $"This recording is kept as {Recordings.Word(kept)}: ask for that.");
        if (isMixed && kept is RecordFormat.Ogg)
            return op.Fail(TwimlErrors.Bad("RequestedChannels", "This recording is kept as ogg, and is there with both channels alone."));
        if (isMixed || wanted != kept) return await CopyAsync(op, parts, key, kept, wanted, isMixed);
        return await op.FileAsync(parts.Store.Blobs, key, RecordFormats.MediaTypeOf(kept)) ?? op.Unknown("Sid");
    }

    /// <summary>In another form, written while it is fetched.</summary>
    private static async ValueTask<Reply> CopyAsync(
        OperationContext op, TwimlParts parts, BlobKey key, RecordFormat kept, RecordFormat wanted, bool isMixed)
    {
        if (wanted is RecordFormat.Mp3 && parts.Copies.Missing is { } missing) return op.Unknown("Sid", missing);
        if (await parts.Store.Blobs.FindAsync(key, op.Stop) is null) return op.Unknown("Sid");
        var account = op.Tenant;
        var head = op.Routing.FindTenant(account)?.Parent ?? account;
        var place = parts.Places.Take(account, head);
        if (place is CopyPlace.AccountIsFull)
            return op.Fail(Fault.TooManyRequests, $"At most {CopyPlaces.OfAccount} recordings of an account, and "
                + $"{CopyPlaces.OfFamily} of one and all below it, are rewritten at once.");
        if (place is CopyPlace.NodeIsFull)
            return op.Fail(Fault.Unavailable, $"The node rewrites {CopyPlaces.OfNode} recordings already; try again in a moment.");
        return op.Stream(RecordFormats.MediaTypeOf(wanted), WriteAsync).With("Cache-Control", "private, no-store")
            .With("X-Content-Type-Options", "nosniff");

        async Task WriteAsync(Stream copy, CancellationToken gone)
        {
            try
            {
                if (await parts.Store.Blobs.OpenAsync(key, 0, null, gone) is not { } file) return;
                await using (file)
                {
                    if (isMixed) await parts.Copies.WriteMonoAsync(file, kept, copy, wanted, gone);
                    else await parts.Copies.WriteMp3Async(file, copy, gone);
                }
            }
            catch (OperationCanceledException)
            {
                // The client has left, or asked for the headers alone.
            }
            finally
            {
                parts.Places.Release(account, head);
            }
        }
    }

    /// <summary>One that is of what the path names.</summary>
    public static async ValueTask<RecordingRow?> FindAsync(OperationContext op, TwimlParts parts)
    {
        if (TwimlSids.Read("RE", op.Path("Sid")) is not { } id
            || await parts.Store.Recordings.FindBegunAsync(op.Tenant, id, op.Stop) is not { } row) return null;
        if (op.HasPath("CallSid"))
            return TwimlSids.TryCall(op.Path("CallSid"), out var leg) && row.Leg == leg && row.Plan.Conference is null ? row : null;
        return !op.HasPath("ConferenceSid") || row.Plan.Conference is { } of && TwimlSids.Conference(of) == op.Path("ConferenceSid")
            ? row : null;
    }

    public static JsonObject Show(OperationContext op, RecordingRow row)
    {
        string sid = TwimlSids.Recording(row.Id), path = TwimlPaths.Of(op, $"Recordings/{sid}");
        bool isSaved = row.State is RecordingState.Saved;
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["call_sid"] = TwimlSids.Call(row.Leg),
            ["conference_sid"] = row.Plan.Conference is { } conference ? TwimlSids.Conference(conference) : null,
            ["channels"] = row.Plan.Channels,
            ["date_created"] = TexmlTime.Text(row.CreatedAt),
            ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
            ["start_time"] = TexmlTime.Text(row.StartedAt),
            ["duration"] = isSaved ? ((long)Math.Round(row.Length.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null,
            ["price"] = null,
            ["price_unit"] = null,
            ["source"] = RecordingSource.Of(row.Plan),
            ["status"] = row.State switch
            {
                RecordingState.Recording => "in-progress",
                RecordingState.Failed => "absent",
                _ => "completed",
            },
            ["track"] = row.Plan.Track switch { RecordTrack.Inbound => "inbound", RecordTrack.Outbound => "outbound", _ => "both" },
            ["error_code"] = null,
            ["encryption_details"] = null,
            ["media_url"] = isSaved ? op.Links.To(path) : null,
            ["subresource_uris"] = TwimlPaths.Below(path, "transcriptions"),
            ["uri"] = $"{path}.json",
        };
    }

    private static async ValueTask<Reply> ListAsync(OperationContext op, TwimlParts parts, RecordingSearch search, string path)
    {
        if (TwimlDates.Read(op, "DateCreated") is not { } created) return TwimlDates.Refuse(op, "DateCreated");
        search = search with { Created = created, Cursor = Filled(op, "PageToken"), Offset = op.List.Offset, Limit = op.List.Size };
        if (await parts.Store.Recordings.SearchAsync(op.Tenant, search, op.Stop) is not { } found) return TwimlPages.UnknownToken(op);
        return TwimlPages.Of(op, "recordings", path, [.. found.Rows.Select(row => Show(op, row))], found.Next is not null, found.Next);
    }

    private static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;
}
