using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Compliance;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Lists;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>Reads the contacts of a batch: what is none is told by its row, and of two with one number the first stays. Pure.</summary>
internal sealed class ContactReading
{
    public const int MostTold = 100, MostData = 16 * 1024;
    /// <summary>A contact's own data has more than <see cref="MostData"/>.</summary>
    public const string TooLarge = "custom_data_too_large";
    /// <summary>A row of a file of which nobody knows where its cells end, or to which columns they belong.</summary>
    public const string BrokenQuotes = "broken_quotes", TooManyCells = "too_many_cells";
    /// <summary>The list itself says of a row that nobody is to call it.</summary>
    public const string DoNotCall = "do_not_call";
    /// <summary>What a row of a file has beside the fields of a contact: its fault, and its country.</summary>
    public const string RowFault = "row_fault", RowCountry = "row_country";

    /// <summary>In which GoHighLevel says of each channel whether somebody is left in peace there.</summary>
    private const string ByChannel = "dndsettings";

    private const int MostText = 255, MostSource = 200;

    private const string Express = "express", Written = "written";

    /// <summary>Kinds of consent by what lists call them, as keys of <see cref="ColumnNames"/>: the law has words of its own.</summary>
    private static readonly Dictionary<string, string> Consented = new(StringComparer.Ordinal)
    {
        [Express] = Express, ["express_consent"] = Express, ["prior_express"] = Express, ["prior_express_consent"] = Express,
        ["pec"] = Express, [Written] = Written, ["written_consent"] = Written, ["express_written"] = Written,
        ["express_written_consent"] = Written, ["prior_express_written"] = Written, ["prior_express_written_consent"] = Written,
        ["ewc"] = Written, ["pewc"] = Written,
    };

    /// <summary>The fields that a contact has beside its number, its zone and its data.</summary>
    private static readonly string[] Texts = ["first_name", "last_name", "email", "company", "title", "external_id"];

    private readonly List<ContactRow> _accepted = [];
    private readonly List<Consent> _consents = [];
    private readonly int _mostTold;

    private ContactReading(int mostTold, IReadOnlySet<string> refused) => (_mostTold, Refused) = (mostTold, refused);

    public IReadOnlyList<ContactRow> Accepted => _accepted;
    /// <summary>Those that contacts bring, of nobody yet: whose they are the batch says.</summary>
    public IReadOnlyList<Consent> Consents => _consents;
    /// <summary>
    /// The numbers of which a row says that nobody is to call them, both of a telephone that has two: another row of the list may have one
    /// and say nothing, before it or behind, and a list that came before.
    /// </summary>
    public IReadOnlySet<string> Refused { get; }
    public int Received { get; private set; }
    public int Duplicates { get; private set; }
    public int Invalid { get; private set; }
    /// <summary>The first of those that are none: row, number, reason.</summary>
    public JsonArray Sample { get; } = [];

    /// <summary>
    /// Of whom a list says among his own data that nobody is to call him, as CRMs have it, is told so, as of a file. Data that somebody has
    /// named so on purpose, by the mapping of a file or for one call, are not judged.
    /// </summary>
    public static void Judge(JsonArray contacts)
    {
        foreach (var given in contacts.OfType<JsonObject>())
            if (given["custom_data"] is JsonObject data && data.Any(IsDoNotCall)) given[RowFault] = DoNotCall;
    }

    /// <summary>Whether a word of somebody's own data says that nobody is to call him.</summary>
    public static bool IsDoNotCall(KeyValuePair<string, JsonNode?> word) => word.Value switch
    {
        JsonValue one => ColumnNames.IsMark(word.Key, "phone_number") && ColumnNames.IsRefusal(one.ToString()),
        JsonObject channels => ColumnNames.JoinedKeyOf(word.Key) is ByChannel && channels.Any(static one =>
            ColumnNames.JoinedKeyOf(one.Key) is "call" or "all"
            && (one.Value as JsonObject)?["status"] is JsonValue status && ColumnNames.IsRefusal(status.ToString())),
        _ => false,
    };

    /// <summary>Rows are counted from 1.</summary>
    /// <param name="home">As for a file, and so is what follows.</param>
    public static ContactReading Read(JsonArray contacts, ContactRow like, NationalNumbers? home = null,
        OnDuplicate duplicates = OnDuplicate.Skip) =>
        Read([.. contacts.Select((one, i) => (i + 1, one!.AsObject()))], like, MostTold, home, duplicates);      // the schema says so

    /// <param name="like">What all of them have; each is made a moment later than the one before.</param>
    /// <param name="mostTold">Of those that are none.</param>
    /// <param name="home">Reads numbers that have no '+' of rows that say no country; null where each must have one.</param>
    /// <param name="duplicates">Of two with one number Update lays the second over the first; else that is left out.</param>
    public static ContactReading Read(IReadOnlyList<(int Row, JsonObject Given)> contacts, ContactRow like, int mostTold,
        NationalNumbers? home = null, OnDuplicate duplicates = OnDuplicate.Skip)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var countries = new RowCountries(home);
        var reading = new ContactReading(mostTold, RefusedOf(contacts, countries));
        foreach (var (row, given) in contacts)
        {
            reading.Received++;
            string text = (string?)given["phone_number"] ?? "";
            string? zone = AgencyText.Text(given, "timezone");
            string? country = (string?)given[RowCountry] ?? AgencyText.Text(given, "country");
            string? number = AgencyText.Number(text, countries.Of(country), out var wrong);
            if (zone is not null) zone = ContactZones.Of(zone, number);
            string?[] texts = [.. Texts.Select(field => AgencyText.Text(given, field))];
            bool isConsent = TryConsent(given, like.CreatedAt, zone, number, out var consent);
            string? badTurn = ContactDue.Read(given, like.CreatedAt, out var scheduled, out int priority, zone, number);
            string? fault = (string?)given[RowFault] is { } broken ? broken
                : wrong is NumberFault.Exponent or NumberFault.Fraction ? "spreadsheet_number_format"
                : number is null ? "invalid_number"
                : reading.Refused.Contains(number) ? DoNotCall
                : Array.Exists(texts, one => one?.Length > MostText) ? "text_too_long"
                : zone is not null && !ZoneSet.TryParse(zone, out _, out _) ? "invalid_timezone"
                : !isConsent ? "invalid_consent"
                : badTurn ?? (given["custom_data"] is JsonObject large && IsTooLarge(large) ? TooLarge : null);
            if (fault is not null)
            {
                reading.Refuse(row, text, fault);
                continue;
            }
            // It is one: there is no fault. Whoever has it by its other number is the same.
            string known = OneTelephone.OtherOf(number!) is { } other && places.ContainsKey(other) ? other : number!;
            bool isFirst = places.TryAdd(known, reading._accepted.Count);
            if (!isFirst) reading.Duplicates++;
            if (!isFirst && duplicates is not OnDuplicate.Update) continue;
            var made = like.CreatedAt.AddMicroseconds(reading._accepted.Count);
            var contact = ContactDue.Put(like with
            {
                Id = Target.NewId(made),
                PhoneNumber = number!,
                FirstName = texts[0],
                LastName = texts[1],
                Email = texts[2],
                Company = texts[3],
                Title = texts[4],
                Timezone = zone,
                ExternalId = texts[5],
                ScheduledFor = scheduled,
                Priority = priority,
                CustomData = given["custom_data"]?.DeepClone().AsObject() ?? [],
                CreatedAt = made,
                UpdatedAt = like.CreatedAt,
            });
            if (isFirst) reading._accepted.Add(contact);
            else reading._accepted[places[known]] = DuplicateContacts.Laid(reading._accepted[places[known]], contact);
            if (consent is not null) reading._consents.Add(consent with { Number = known });
        }
        return reading;
    }

    private static HashSet<string> RefusedOf(IReadOnlyList<(int Row, JsonObject Given)> contacts, RowCountries countries)
    {
        var refused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, given) in contacts)
        {
            if ((string?)given[RowFault] is not DoNotCall) continue;
            string? country = (string?)given[RowCountry] ?? AgencyText.Text(given, "country");
            string text = (string?)given["phone_number"] ?? "";
            // Nobody is called at an extension, and he must not be called at the number before it.
            if (!NumberCell.TryRefused(text, countries.Of(country), out string number)) continue;
            refused.Add(number);
            if (OneTelephone.OtherOf(number) is { } other) refused.Add(other);
        }
        return refused;
    }

    private static bool IsTooLarge(JsonObject data)
    {
        // No letter takes more than this when it is written: what is short need not be written to be counted.
        const int mostOfLetter = 6;
        int most = 2;
        foreach (var (name, value) in data)
        {
            if (value is not JsonValue one || !one.TryGetValue(out string? word) || word is null) return IsWrittenTooLarge(data);
            most += mostOfLetter * (name.Length + word.Length + 1);
        }
        return most > MostData && IsWrittenTooLarge(data);
    }

    private static bool IsWrittenTooLarge(JsonObject data) => Encoding.UTF8.GetByteCount(data.ToJsonString()) > MostData;

    /// <summary>Which kind, from where and when: all three, or none of them.</summary>
    private static bool TryConsent(JsonObject given, DateTimeOffset now, string? zone, string? number, out Consent? consent)
    {
        consent = null;
        string? kind = AgencyText.Text(given, "consent_kind"), source = AgencyText.Text(given, "consent_source"),
            at = AgencyText.Text(given, "consent_at");
        if (kind is null && source is null && at is null) return true;
        if (!Consented.TryGetValue(ColumnNames.KeyOf(kind ?? ""), out string? word) || source is not { Length: <= MostSource } || at is null
                || AgencyConsents.GivenAt(at, now, zone, number) is not { } moment)
            return false;
        consent = new()
        {
            Id = Guid.CreateVersion7(now), Tenant = default, Number = "", Kind = ContactWords.Parse<ConsentKind>(word),
            Channel = ConsentChannel.Voice, Source = source, GivenAt = moment, At = now,
        };
        return true;
    }

    private void Refuse(int row, string number, string reason)
    {
        Invalid++;
        if (Sample.Count < _mostTold)
            Sample.Add((JsonNode)new JsonObject { ["row"] = row, ["phone_number"] = number, ["reason"] = reason });
    }
}
