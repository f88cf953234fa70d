using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Words of a profile that stop, start and ask, beside the usual ones, and what is answered to them.</summary>
internal static class AutorespConfigs
{
    public const string RecordType = "autoresp_config", Profile = "messaging_profile_id";
    /// <summary>Of a profile: all of them are read for each text that comes.</summary>
    public const int MostOfProfile = 250;

    private const string Info = "info", CalledHelp = "help";
    private const string Op = "op", Keywords = "keywords", Country = "country_code", Answer = "resp_text";
    private const int MostWords = 50;
    private static readonly string[] Times = ["created_at", "updated_at"];

    public static ResourceKind Kind(ResourceKind profiles, MessagingParts parts) => new(RecordType)
    {
        Under = new(profiles, Profile, "profile_id"),
        Validate = async (op, body, before) => Check(body) ?? (before is null ? await CheckCountAsync(op, body, parts) : null),
        // The contract gives a deletion an empty object.
        Show = (op, _, shown) =>
        {
            if (op.Operation.Method is "DELETE") shown.Clear();
        },
    };

    /// <summary>All of a profile, or those that its parameters ask for: there are no pages.</summary>
    public static async ValueTask<Reply> List(OperationContext op, MessagingParts parts)
    {
        string profile = op.Path("profile_id");
        if (await MessageFace.TermsAsync(parts.Store, op.Tenant, profile, op.Stop) is null) return op.Unknown("profile_id");
        List<ResourceFilter> filters = [new(Profile, "eq", [profile])];
        if (op.Query[Country] is { Length: > 0 } country) filters.Add(new(Country, "eq", [country.ToUpperInvariant()]));
        foreach (string field in Times)
            foreach (string compares in (string[])["gte", "lte"])
            {
                if (op.Query[$"{field}[{compares}]"] is not { } text) continue;
                if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                    return op.Fail(op.Dialect.Errors.Problem(Fault.BadParameter, $"{field} must be compared with a date and time.") with
                    {
                        Parameter = $"{field}[{compares}]",
                    });
                filters.Add(new(field, compares, [TelnyxTime.Millis(at)]));
            }
        var page = await parts.Store.Documents.Rows(new DocumentKind(RecordType)).ListAsync(op.Tenant,
            new() { Filters = filters, Limit = int.MaxValue }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)new JsonObject
        {
            ["id"] = row.Id, [Op] = row.Body.Text(Op), [Keywords] = row.Body[Keywords]?.DeepClone(), [Country] = row.Body.Text(Country),
            [Answer] = row.Body.Text(Answer) ?? "",
            ["created_at"] = TelnyxTime.Millis(row.CreatedAt), ["updated_at"] = TelnyxTime.Millis(row.UpdatedAt),
        })], page.Total);
    }

    /// <summary>The words of one, each with the answer.</summary>
    public static IEnumerable<TextWord> WordsOf(JsonObject body)
    {
        var keyword = KeywordOf(body.Text(Op));
        if (keyword is TextKeyword.None) return [];
        return body.Texts(Keywords).Select(TextKeywords.Normal).OfType<string>()
            .Select(word => new TextWord(keyword, word, body.Text(Country) ?? TextWord.Anywhere, body.Text(Answer)));
    }

    private static async ValueTask<Problem?> CheckCountAsync(OperationContext op, JsonObject body, MessagingParts parts)
    {
        var known = await parts.Store.Documents.Rows(new DocumentKind(RecordType)).ListAsync(op.Tenant,
            new() { Filters = [new(Profile, "eq", [body.Text(Profile)!])], Limit = 1 }, op.Stop);      // the engine has set it
        return known.Total < MostOfProfile ? null
            : new(VoiceErrors.BadRequest, $"A messaging profile has at most {MostOfProfile} of these.");
    }

    private static Problem? Check(JsonObject body)
    {
        if (body.Text(Op) is CalledHelp) body[Op] = Info;
        if (body.Text(Country) is [>= 'a' and <= 'z', >= 'a' and <= 'z'] small) body[Country] = small.ToUpperInvariant();
        var words = body.Texts(Keywords);
        if (words.Count is 0 or > MostWords) return At("/" + Keywords, $"{Keywords} must have 1 to {MostWords} words.");
        var keyword = KeywordOf(body.Text(Op));
        for (int i = 0; i < words.Count; i++)
        {
            if (TextKeywords.Normal(words[i]) is null)
                return At($"/{Keywords}/{i}", $"A keyword has 1 to {TextKeywords.Longest} characters beside closing . ! , ;");
            if (TextKeywords.Of(words[i]) is not TextKeyword.None and var usual && usual != keyword)
                return At($"/{Keywords}/{i}", $"'{words[i]}' always means {Name(usual)}: no profile gives it another meaning.");
        }
        if (body.Text(Country) is not (TextWord.Anywhere or [>= 'A' and <= 'Z', >= 'A' and <= 'Z']))
            return At("/" + Country, $"{Country} must be a country in two letters, or * for all.");
        return body.Text(Answer) is { } answer && TextCut.Of(answer).Parts.Count > SendMessage.MostParts
            ? At("/" + Answer, $"{Answer} is longer than {SendMessage.MostParts} parts of a message.") : null;
    }

    private static TextKeyword KeywordOf(string? op) => op switch
    {
        "stop" => TextKeyword.Stop,
        "start" => TextKeyword.Start,
        Info => TextKeyword.Help,
        _ => TextKeyword.None,
    };

    private static string Name(TextKeyword keyword) => keyword is TextKeyword.Help ? Info : Core.SnakeName.Of(keyword);

    private static Problem At(string pointer, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = pointer };
}
