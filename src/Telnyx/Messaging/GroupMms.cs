using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// A message with media to several numbers, who see of each other that they have it. Each recipient's is a row with a state, a price and
/// webhooks of its own; all are taken in, or none.
/// </summary>
internal static class GroupMms
{
    private const string To = "to", Words = "text", NorthAmerica = "+1";
    private const string MessageId = "message_id";
    private const int Fewest = 2, Most = 8, TimeVersion = 7;

    public static async ValueTask<Reply> Send(OperationContext op, MessagingParts parts)
    {
        var body = op.ReadObject();
        foreach (string party in (string[])[To, TextSender.From]) TypedNumbers.Lay(body, party);
        var (recipients, urls, words) = (body.Texts(To), MediaFetch.UrlsOf(body), body.Text(Words) ?? "");
        if (recipients.Count is < Fewest or > Most || recipients.Distinct().Count() != recipients.Count)
            return op.Invalid("/" + To, "40310", $"{To} must have {Fewest} to {Most} different numbers.");
        var (sender, refusal) = await TextSender.FindAsync(op, parts, body, SendKind.LongCode, recipients[0]);
        if (sender is null) return op.Fail(refusal!);       // one of the two is there
        if (!sender.Profile.IsEnabled) return op.Fail(new Problem("40312", "The messaging profile is switched off."));
        for (int i = 0; i < recipients.Count; i++)
            if (FaultOf(op, parts, sender, recipients[i]) is { } fault) return op.Fail(fault with { Pointer = $"/{To}/{i}" });
        var cut = TextCut.Of(words);
        if (await SendMessage.WordsFaultAsync(parts, words, cut, isAlone: urls.Count == 0, op.Stop) is { } badWords)
            return op.Fail(badWords);
        if (await SendMessage.SubjectFaultAsync(parts, body.Text("subject") ?? "", op.Stop) is { } badSubject) return op.Fail(badSubject);
        if (SendMessage.TagsFault(body) is { } badTags) return op.Fail(badTags);
        if (await SendMessage.UrlFaultAsync(op, parts, body) is { } badUrl) return op.Fail(badUrl);
        foreach (string to in recipients)
            if (parts.Gate is { } gate && await gate.AskAsync(new MessageAttempt { Tenant = op.Tenant, From = sender.Text, To = to })
                    is { IsOpen: false } answer) return op.Refuse(answer.Refusal, answer.Said);

        var (files, unfetched) = await MediaFetch.FetchAsync(parts.Egress, op.Tenant, urls, op.Now, op.Stop);
        if (unfetched is not null) return op.Fail(unfetched);
        // Of the group and of all its messages: by it they are found.
        var now = op.Now;
        var group = new JsonObject
        {
            [TextDesk.GroupId] = Guid.CreateVersion7(now).ToString(), [To] = new JsonArray([.. recipients.Select(to => (JsonNode)to)]),
        };
        var texts = new List<(TextMessage Text, IReadOnlyList<TextFile> Files)>();
        foreach (string to in recipients)
        {
            // Each recipient's row has files of its own, which go when it goes.
            IReadOnlyList<TextFile> own =
                [.. files.Select(file => file with { Media = file.Media with { Id = Guid.CreateVersion7(now) } })];
            var text = SendMessage.TextOf(op, body, sender, cut, to, words, now, sendAt: null);
            text.Facts[TextDesk.Group] = group.DeepClone();
            texts.Add((text.With([.. own.Select(file => file.Media)]) with { Parts = 1 }, own));
        }
        foreach (var (text, _) in texts)
            if (await SendMessage.HoursFaultAsync(parts, text, op.Stop) is { } closed) return op.Fail(Fault.Forbidden, closed);
        var first = texts[0].Text;
        var cost = texts.Aggregate((Money?)null, (sum, one) => one.Text.Cost is not { } price ? sum
            : price with { Micros = price.Micros + (sum?.Micros ?? 0) });
        var allowance = await TextAllowance.OfAsync(op.Routing.Rates.CreditsOf(op.Tenant), parts.Holds, cost, sender.Profile.DailyMicros,
            now, op.Stop);
        var note = op.Note("created", MessageBody.RecordType, first.Id.ToString());
        var refused = await parts.Store.Texts.AddAllAsync(texts, allowance, note, op.Stop);
        if (refused is TextRefusal.None) return op.Ok(MessageBody.OfAll([.. texts.Select(one => one.Text)], parts.Links, op.Now));
        if (refused is TextRefusal.DailyLimit) await ProfileSpendLimit.TellAsync(parts.Store, op.Tenant, sender.Profile, cost, op.Stop);
        return op.Fail(SendMessage.ProblemOf(refused));
    }

    /// <summary>The messages of one group, one for each recipient, as long as each of them is shown.</summary>
    public static async ValueTask<Reply> Get(OperationContext op, MessagingParts parts)
    {
        // Its id says when it was sent, to the millisecond.
        if (!Guid.TryParse(op.Path(MessageId), out var id) || id.Version is not TimeVersion) return op.Unknown(MessageId);
        return await ListAsync(op, parts, id) is { Count: > 0 } texts
            ? op.Ok(new JsonArray([.. texts.Select(text => (JsonNode)MessageBody.Of(text, parts.Links, op.Now))])) : op.Unknown(MessageId);
    }

    private static async ValueTask<IReadOnlyList<TextMessage>> ListAsync(OperationContext op, MessagingParts parts, Guid id)
    {
        long millisecond = MillisecondOf(id);
        if (millisecond > op.Now.ToUnixTimeMilliseconds()) return [];
        var at = DateTimeOffset.FromUnixTimeMilliseconds(millisecond);
        string group = id.ToString();
        List<TextMessage> texts =
        [
            .. (await parts.Store.Texts.ListOfMomentAsync(op.Tenant, at, at.AddMilliseconds(1), op.Stop))
                .Where(text => text.Facts.Child(TextDesk.Group)?.Text(TextDesk.GroupId) == group && Messages.IsShown(text, op.Now)),
        ];
        if (texts.Count == 0) return texts;
        List<string> recipients = [.. texts[0].Facts.Child(TextDesk.Group)!.Texts(To)];        // just asked for
        return [.. texts.OrderBy(text => recipients.IndexOf(text.To))];
    }

    private static long MillisecondOf(Guid id)
    {
        Span<byte> octets = stackalloc byte[16];
        id.TryWriteBytes(octets, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(octets) >>> 16;
    }

    private static Problem? FaultOf(OperationContext op, MessagingParts parts, TextSender sender, string to)
    {
        if (!E164.TryParse(to, out var recipient) || recipient.Text != to || !to.StartsWith(NorthAmerica, StringComparison.Ordinal))
            return new("40310", $"{to} must be a number of {NorthAmerica} in +E.164 format: others take part in no groups.");
        if (to == sender.Text) return new("40310", "A message cannot be sent to the number that it is from.");
        string? country = parts.Plans.Classify(recipient).Country;
        if (!sender.Profile.Allows(country))
            return new("40309", $"The messaging profile allows no messages to {country ?? "this number's region"}.");
        return op.Routing.FindOwnNumber(to) is null or { IsPortedOut: true }
            ? new("40301", $"No way out of this node carries messages with media: {to} is no number of this node.") : null;
    }
}
