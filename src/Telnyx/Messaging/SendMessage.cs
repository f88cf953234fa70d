using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// Takes a message in: everything is checked before a row is written, and the row is there before anything leaves. The courier does the
/// rest, and asks again.
/// </summary>
internal static class SendMessage
{
    public const int MostParts = 10;

    /// <summary>Of texts whose sender asks not to be surprised by their number.</summary>
    private const int MostDetected = 4;
    private const int LongestSubject = 255, MostTags = 20, LongestTag = 255;
    private const string To = "to", Words = "text", At = "send_at", Encoding = "encoding", Subject = "subject";
    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(5), Latest = TimeSpan.FromDays(5);
    private static readonly string[] Urls = [MessageBody.WebhookUrl, MessageBody.FailoverUrl];

    public static async ValueTask<Reply> Send(OperationContext op, MessagingParts parts, SendKind kind)
    {
        var (body, now) = (op.ReadObject(), op.Now);
        string? key = IdempotencyKey.Of(op);
        if (key is not null && MessageKey.Check(key) is { } tooLong) return op.Fail(tooLong);
        if (key is not null && await MessageKey.FindAsync(op, parts, key, now) is { } first)
            return MessageKey.Repeat(op, parts, first);
        if (ReadTime(op, body, kind, now, out var sendAt) is { } badTime) return op.Fail(badTime);
        if (!TryTakeOne(body))
            return op.Invalid("/" + To, "40310", $"{To} must have one number: POST /v2/messages/group_mms is for several.");
        foreach (string party in (string[])[To, TextSender.From]) TypedNumbers.Lay(body, party);
        string to = body.Text(To) ?? "", words = body.Text(Words) ?? "";
        if (ShortCode.IsOne(to) && kind is not SendKind.Pool && body.Filled(TextSender.From) is { } named && TextSender.IsNoNumber(named))
            return op.Invalid("/" + To, "40319", "A short code gets no messages from a short code or a name: send from a number.");
        var (here, nobody) = await FindCodeAsync(parts, to, op.Stop);
        if (nobody is not null) return op.Fail(nobody);
        var (sender, refusal) = await TextSender.FindAsync(op, parts, body, kind, to);
        if (sender is null) return op.Fail(refusal!);       // one of the two is there
        if (!sender.Profile.IsEnabled) return op.Fail(new Problem("40312", "The messaging profile is switched off."));
        if (sender.Text == to) return op.Invalid("/" + To, "40310", "A message cannot be sent to the number that it is from.");
        var urls = MediaFetch.UrlsOf(body);
        string subject = body.Text(Subject) ?? "";
        bool isMultimedia = urls.Count > 0 || subject.Length > 0 || body.Text("type") is "MMS";
        if (isMultimedia && body.Text("type") is "SMS")
            return op.Invalid("/type", "40304", "A message with media_urls or a subject cannot be an SMS.");
        if (isMultimedia && sender.IsName)
            return op.Invalid("/from", "40308", "A message with media must be from a number: a name cannot send it.");
        // Whether it really is a number that takes messages a stranger learns from what becomes of it.
        if (isMultimedia && op.Routing.FindOwnNumber(to) is null or { IsPortedOut: true })
        {
            if (!sender.Profile.FallsBack)
                return op.Invalid("/" + (urls.Count > 0 ? MediaFetch.Urls : body.Text("type") is "MMS" ? "type" : Subject), "40301",
                    "No way out of this node carries messages with media: they go to numbers of this node alone.");
            words = string.Join('\n', [.. ((string[])[subject, words]).Where(line => line.Length > 0), .. urls]);
            body.Remove(Subject);
            (subject, isMultimedia) = ("", false);
            urls = [];
        }
        // Files go with words as they are, and so does what is to be written in UCS-2. Who asks for the short alphabet wants what it takes.
        if (!isMultimedia && body.Text(Encoding) is not "ucs2")
            words = body.Text(Encoding) is "gsm7" ? PlainWords.Of(words) : sender.Profile.WordsOf(words);
        if (ReadCut(body, words, isMultimedia, out var cut) is { } badEncoding) return op.Fail(badEncoding);
        if (await WordsFaultAsync(parts, words, cut, isAlone: urls.Count == 0, op.Stop) is { } badWords) return op.Fail(badWords);
        if (await SubjectFaultAsync(parts, subject, op.Stop) is { } badSubject) return op.Fail(badSubject);
        if (cut.Parts.Count > MostDetected && body.Flag("auto_detect", fallback: false))
            return op.Invalid("/" + Words, "40328",
                $"The message has {cut.Parts.Count} parts; {MostDetected} are the most while auto_detect is true.");
        string? country = CountryOf(parts, to, sender.Text, here);
        if (!sender.Profile.Allows(country))
            return op.Invalid("/" + To, "40309", $"The messaging profile allows no messages to {country ?? "this number's region"}.");
        if (TagsFault(body) is { } badTags) return op.Fail(badTags);
        if (await UrlFaultAsync(op, parts, body) is { } badUrl) return op.Fail(badUrl);
        if (sendAt is null && here is null && QueueFault(parts, op.Routing, to) is { } full) return op.Fail(full);
        if (parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt
            {
                Tenant = op.Tenant, From = sender.Text, To = to, IsOnNet = here is not null,
            });
            if (!answer.IsOpen) return op.Refuse(answer.Refusal, answer.Said);
        }

        var (files, unfetched) = await MediaFetch.FetchAsync(parts.Egress, op.Tenant, urls, op.Now, op.Stop);
        if (unfetched is not null) return op.Fail(unfetched);
        var text = TextOf(op, body, sender, cut, to, words, now, sendAt, isOnNet: here is not null);
        if (key is not null) text = MessageKey.Keyed(op, key, text, now);
        if (isMultimedia) text = text.With([.. files.Select(file => file.Media)]) with { Parts = 1 };
        if (await HoursFaultAsync(parts, text, op.Stop) is { } closed) return op.Fail(Fault.Forbidden, closed);
        var note = op.Note("created", MessageBody.RecordType, text.Id.ToString());
        var allowance = await AllowanceAsync(op, parts.Holds, text, sender.Profile);
        var refused = await parts.Store.Texts.AddAsync(text, files, allowance, note, op.Stop);
        // The same request came at the same time, and was first.
        if (refused is TextRefusal.Repeated && key is not null && await MessageKey.FindAsync(op, parts, key, op.Now) is { } other)
            return MessageKey.Repeat(op, parts, other);
        if (refused is TextRefusal.None) return op.Ok(MessageBody.Of(text, parts.Links, op.Now));
        if (refused is TextRefusal.DailyLimit)
            await ProfileSpendLimit.TellAsync(parts.Store, op.Tenant, sender.Profile, text.Cost, op.Stop);
        return op.Fail(ProblemOf(refused));
    }

    /// <summary>Why a text was not taken in.</summary>
    public static Problem ProblemOf(TextRefusal refusal) => refusal switch
    {
        TextRefusal.Blocked => new("40300", "The recipient has asked for no more messages of this profile."),
        TextRefusal.NoMoney => new("20100", "What the account has, and may owe, does not pay for this message."),
        _ => new("40333", "The messaging profile's spend limit of the day is reached."),
    };

    /// <summary>Whether it is where a message goes: a number, a short code of this node, or one that a way out carries.</summary>
    /// <returns>The code of this node, if it is one, or why no message goes there.</returns>
    public static async ValueTask<(ShortCode? Here, Problem? Fault)> FindCodeAsync(MessagingParts parts, string to, CancellationToken stop)
    {
        if (E164.TryParse(to, out var number) && number.Text == to) return (null, null);
        if (!ShortCode.IsOne(to)) return (null, OfRecipient($"{To} must be a phone number in +E.164 format, or a short code."));
        if (await parts.Store.ShortCodes.FindAsync(to, stop) is { } here) return (here, null);
        var carriers = await parts.Store.TextCarriers.ListAsync(stop);
        return (null, TextCarrier.For(carriers.Select(one => one.Value), to).Count > 0 ? null
            : OfRecipient("Nobody of this node has this short code, and no way out of it carries messages there."));

        static Problem OfRecipient(string detail) => new("40310", detail) { Pointer = "/" + To };
    }

    /// <summary>What would expire before its turn comes is not taken in; what is scheduled has a queue that nobody knows yet.</summary>
    public static Problem? QueueFault(MessagingParts parts, RoutingSnapshot routing, string to)
    {
        if (parts.WaitOf(routing, to) is not { } wait || wait <= TextLife.Usual) return null;
        return new("40318", $"So much waits for the way to this number that the message would expire: {wait.TotalMinutes:0} minutes.");
    }

    /// <summary>A short code of somewhere else is one of the sender's country.</summary>
    public static string? CountryOf(MessagingParts parts, string to, string from, ShortCode? here)
    {
        if (here is not null) return here.Country;
        return E164.TryParse(ShortCode.IsOne(to) ? from : to, out var number) ? parts.Plans.Classify(number).Country : null;
    }

    /// <summary>What is wrong with the words of a message; null when nothing is.</summary>
    /// <param name="isAlone">No file goes with them.</param>
    public static async ValueTask<Problem?> WordsFaultAsync(MessagingParts parts, string words, TextCut cut, bool isAlone,
        CancellationToken stop)
    {
        if (words.Length == 0 && isAlone) return OfWords("40316", $"{Words} is needed: there is nothing else to send.");
        if (words.Contains('\0')) return OfWords(VoiceErrors.BadRequest, $"{Words} may not hold the character U+0000.");
        if (await parts.Store.TextContents.FindInAsync(words, stop) is not null)
            return OfWords("40322", "The operator of the node lets no message with such words out.");
        return cut.Parts.Count > MostParts
            ? OfWords("40302", $"The message has {cut.Parts.Count} parts; {MostParts} are the most.") : null;

        static Problem OfWords(string code, string detail) => new(code, detail) { Pointer = "/" + Words };
    }

    /// <summary>What is wrong with what stands above the words; null when nothing is.</summary>
    public static async ValueTask<Problem?> SubjectFaultAsync(MessagingParts parts, string subject, CancellationToken stop)
    {
        if (subject.Length == 0) return null;
        if (subject.Length > LongestSubject) return OfSubject(VoiceErrors.BadLength, $"{Subject} may have {LongestSubject} characters.");
        if (subject.Contains('\0')) return OfSubject(VoiceErrors.BadRequest, $"{Subject} may not hold the character U+0000.");
        return await parts.Store.TextContents.FindInAsync(subject, stop) is null ? null
            : OfSubject("40322", "The operator of the node lets no message with such words out.");

        static Problem OfSubject(string code, string detail) => new(code, detail) { Pointer = "/" + Subject };
    }

    /// <summary>
    /// What is wrong with the tags of a request; null when nothing is. They are beside the contract: the vendor takes them, and so its own
    /// programs send them.
    /// </summary>
    public static Problem? TagsFault(JsonObject body)
    {
        if (body[MessageBody.Tags] is not { } given) return null;
        var tags = body.Texts(MessageBody.Tags);
        string? fault = given is not JsonArray list || list.Count != tags.Count ? "must be a list of texts."
            : tags.Count > MostTags || tags.Any(tag => tag.Length > LongestTag) ? $"may have {MostTags} texts of {LongestTag} characters."
            : null;
        return fault is null ? null
            : new(VoiceErrors.BadRequest, $"{MessageBody.Tags} {fault}") { Pointer = "/" + MessageBody.Tags };
    }

    /// <summary>What is wrong with the webhooks that a message names; null when nothing is.</summary>
    public static async ValueTask<Problem?> UrlFaultAsync(OperationContext op, MessagingParts parts, JsonObject body)
    {
        foreach (string field in Urls)
            if (body.Filled(field) is { } url
                    && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
                return new(VoiceErrors.InvalidUrl, verdict.Detail ?? $"{field} is no URL that may be used.") { Pointer = "/" + field };
        return null;
    }

    /// <summary>A list of one recipient is that one.</summary>
    /// <returns>False where there are several, or none.</returns>
    private static bool TryTakeOne(JsonObject body)
    {
        if (body[To] is not JsonArray recipients) return true;
        if (recipients.Count != 1 || recipients[0] is not JsonValue one) return false;
        body[To] = one.DeepClone();
        return true;
    }

    private static Problem? ReadTime(OperationContext op, JsonObject body, SendKind kind, DateTimeOffset now, out DateTimeOffset? at)
    {
        at = null;
        if (kind is not (SendKind.Any or SendKind.Scheduled)) return null;
        if (body.Filled(At) is not { } text)
            return kind is SendKind.Any ? null
                : op.Dialect.Errors.Problem(Fault.MissingField, $"{At} is required.") with { Pointer = "/" + At };
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)) at = read;
        return at >= now + Soonest && at <= now + Latest ? null
            : new(VoiceErrors.BadRequest, $"{At} must be {Soonest.TotalMinutes:0} minutes to {Latest.TotalDays:0} days from now.")
            {
                Pointer = "/" + At,
            };
    }

    /// <summary>As few parts as there can be, unless the request says how they are written. One with files is not cut.</summary>
    private static Problem? ReadCut(JsonObject body, string words, bool isMultimedia, out TextCut cut)
    {
        cut = TextCut.Of(words);
        string? asked = body[Encoding] is null ? "auto" : body.Text(Encoding);
        if (asked is not ("" or "auto" or "gsm7" or "ucs2")) return OfEncoding($"{Encoding} must be auto, gsm7 or ucs2.");
        if (isMultimedia) return null;
        if (asked is "gsm7" && cut.Encoding is not TextEncoding.Gsm7)
            return OfEncoding($"{Words} has characters that GSM-7 does not have.") with { Status = 400 };
        if (asked is "ucs2") cut = TextCut.As(TextEncoding.Ucs2, words);
        return null;

        static Problem OfEncoding(string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = "/" + Encoding };
    }

    /// <summary>Why it cannot arrive while it is valid; null when it can, now or a little later.</summary>
    public static async ValueTask<string?> HoursFaultAsync(MessagingParts parts, TextMessage text, CancellationToken stop)
    {
        if (parts.Hours is not { } hours || text.DueAt is not { } due) return null;
        var next = await hours.NextAsync(text, due, stop);
        if (next is not { } open) return "quiet_hours: nobody knows the recipient's time of day, or the account's hours never allow it.";
        return open < text.ValidUntil ? null
            : $"quiet_hours: the account's hours do not let the message arrive before {TelnyxTime.Millis(open)}. Schedule it for then.";
    }

    /// <param name="now">The one moment of all its times: how long it is valid says later whether it was scheduled.</param>
    public static TextMessage TextOf(OperationContext op, JsonObject body, TextSender sender, TextCut cut, string to, string words,
        DateTimeOffset now, DateTimeOffset? sendAt, bool isOnNet = false)
    {
        isOnNet |= op.Routing.FindOwnNumber(to) is not null;
        var rate = op.Routing.Rates.FindText(op.Tenant, Direction.Outbound, to, isOnNet, now);
        var profile = body.Flag("use_profile_webhooks", fallback: true) ? sender.Profile : null;
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Tenant = op.Tenant,
            Direction = Direction.Outbound,
            State = sendAt is null ? TextState.Queued : TextState.Scheduled,
            From = sender.Text,
            To = to,
            Profile = sender.Profile.Id,
            Words = words,
            Subject = body.Text(Subject) ?? "",
            Encoding = cut.Encoding,
            Parts = cut.Parts.Count,
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency),
            FeeMicros = rate?.FeeMicros ?? 0,
            Facts = new()
            {
                [MessageBody.WebhookUrl] = body.Filled(MessageBody.WebhookUrl) ?? profile?.WebhookUrl,
                [MessageBody.FailoverUrl] = body.Filled(MessageBody.FailoverUrl) ?? profile?.WebhookFailoverUrl,
                [MessageBody.Version] = sender.Profile.Version,
                [MessageBody.Tags] = new JsonArray([.. (op.Routing.FindOwnNumber(sender.Text)?.Tags ?? [])
                    .Concat(body.Texts(MessageBody.Tags)).Distinct().Select(tag => (JsonNode)tag)]),
            },
            DueAt = sendAt ?? now,
            ReceivedAt = now,
            ValidUntil = (sendAt ?? now) + TextLife.Of(op.Routing, to),
        };
    }

    /// <summary>What live calls hold is not there for texts.</summary>
    public static ValueTask<TextAllowance> AllowanceAsync(OperationContext op, IHolds? holds, TextMessage text, TextTerms profile) =>
        TextAllowance.OfAsync(op.Routing.Rates.CreditsOf(op.Tenant), holds, text.Cost, profile.DailyMicros, text.ReceivedAt,
            op.Stop);
}
