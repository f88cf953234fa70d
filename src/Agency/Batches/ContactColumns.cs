using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Campaigns.Lists;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>What the columns of a file of contacts are. Pure.</summary>
internal sealed class ContactColumns
{
    /// <summary>How the words begin that further numbers of a row are, where all are meant.</summary>
    public const string OtherNumber = "other_number_";

    private const string Number = "phone_number", Name = "full_name", Data = "custom_data.", Priority = "priority";

    private static readonly string[] Fields =
    [
        Number, "first_name", "last_name", Name, "email", "company", "title", "timezone", "scheduled_for", Priority, "external_id",
        "consent_kind", "consent_source", "consent_at",
    ];

    /// <summary>How lists of contacts call a field; a name is compared without case, and spaces and dashes are underscores.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["phone"] = Number, ["phone_number"] = Number, ["mobile"] = Number, ["cell"] = Number, ["number"] = Number,
        ["first"] = "first_name", ["first_name"] = "first_name", ["given_name"] = "first_name", ["last"] = "last_name",
        ["last_name"] = "last_name", ["surname"] = "last_name", ["name"] = Name, ["full_name"] = Name, ["email"] = "email",
        ["company"] = "company", ["organisation"] = "company", ["organization"] = "company", ["title"] = "title",
        ["job_title"] = "title", ["timezone"] = "timezone", ["tz"] = "timezone", ["consent_kind"] = "consent_kind",
        ["consent_source"] = "consent_source", ["consent_at"] = "consent_at", ["scheduled_for"] = "scheduled_for",
        [Priority] = Priority, ["external_id"] = "external_id",
    };

    /// <summary>
    /// How further lists call a field, in the node's languages. Such a column is the field where no other is, and stays among the contact's
    /// own words by its name, by which an agent's text may have it.
    /// </summary>
    private static readonly Dictionary<string, string> Further = FurtherNames().ToDictionary(StringComparer.Ordinal);

    /// <summary>All of them in one word, as in <c>CompanyName</c>, for which the same holds.</summary>
    private static readonly Dictionary<string, string> Joined = JoinedNames();

    /// <summary>By place; null for a column that is left out.</summary>
    private readonly List<string?> _fields = [];
    /// <summary>By place: the own word that a column is beside its field.</summary>
    private readonly Dictionary<int, string> _words = [];
    /// <summary>Of the columns by which a row says in which country its number is dialled; the first that has something counts.</summary>
    private int[] _countries = [];
    /// <summary>Of the columns that say of a row, or of its number, that nobody is to call it.</summary>
    private int[] _refusals = [];
    /// <summary>Places of which a mapping says what they are.</summary>
    private readonly HashSet<int> _said = [];

    public JsonObject Mapping { get; } = [];

    /// <summary>A mapping by which all columns that may be a number are: the first is the row's, and each other one a word.</summary>
    public static JsonObject NumbersOf(IReadOnlyList<string> header)
    {
        var named = new JsonObject();
        foreach (int place in ColumnNames.AllNumbersIn(header))
            named[header[place]] = named.Count == 0 ? Number : $"{Data}{OtherNumber}{named.Count}";
        return named;
    }

    /// <param name="named">Fields by names of columns: <c>""</c> and null leave one out.</param>
    /// <returns>Null where they cannot be: <paramref name="problem"/> says why.</returns>
    public static ContactColumns? Of(IReadOnlyList<string> header, JsonObject named, out Problem? problem)
    {
        var columns = new ContactColumns();
        // Spreadsheets write columns that have no name, and often several of them.
        string[] said = [.. header.Select((name, place) => name.Length == 0 ? Unnamed(place) : name)], names = Apart(said);
        if (named.FirstOrDefault(one => !names.Contains(one.Key, StringComparer.Ordinal)) is { Key: { } missing })
        {
            problem = AgencyText.Bad("mapping", $"The file has no column '{missing}'.");
            return null;
        }
        foreach (var (place, name) in names.Index())
        {
            var (field, fault) = FieldOf(name, said[place], place, named);
            if (fault is null && field is not null && columns._fields.IndexOf(field) is >= 0 and var first)
                fault = $"Two columns are {field}: '{names[first]}' and '{name}'. Say by mapping which is, and \"\" for the other.";
            if (fault is not null)
            {
                problem = AgencyText.Bad("mapping", fault);
                return null;
            }
            if (named.ContainsKey(name)) columns._said.Add(place);
            columns._fields.Add(field);
            columns.Mapping[name] = field;
        }
        // Those of which no mapping says what they are.
        string[] free = [.. names.Select((name, place) => named.ContainsKey(name) ? "" : said[place])];
        var numbers = columns._fields.Contains(Number) ? [] : ColumnNames.NumbersIn(free);
        if (numbers.Count > 1)
        {
            string several = string.Join(", ", numbers.Select(place => $"'{names[place]}'"));
            problem = AgencyText.Bad("mapping", $"Several columns may be the phone number: {several}. Say by mapping which is.");
            return null;
        }
        if (numbers.Count == 1) columns.Take(numbers[0], names[numbers[0]], Number);
        columns.AddFurther(names, named, static name => Further.GetValueOrDefault(KeyOf(name)));
        columns.AddFurther(names, named, static name => Joined.GetValueOrDefault(ColumnNames.JoinedKeyOf(name)));
        string number = columns._fields.IndexOf(Number) is >= 0 and var at ? said[at] : Number;
        (columns._countries, columns._refusals) = (ColumnNames.CountriesIn(free), ColumnNames.RefusalsIn(free, number));
        problem = columns._fields.Contains(Number) ? null : AgencyText.Bad("file", NumberCell.IsIn(said)
            ? "The first line has a number where the names of columns belong: begin the file with a line of names, such as phone_number."
            : "No column is a phone number: call one phone_number, or say by mapping which is.");
        return problem is null ? columns : null;
    }

    /// <summary>A row as a contact; cells that are empty are not there.</summary>
    public JsonObject Contact(IReadOnlyList<string> cells)
    {
        var contact = new JsonObject();
        JsonObject data = [];
        for (int place = 0; place < _fields.Count && place < cells.Count; place++)
        {
            string cell = ListText.Plain(cells[place]);
            if (_fields[place] is not { } field || cell.Length == 0) continue;
            if (_words.TryGetValue(place, out string? word)) data[word] = cell;
            if (field.StartsWith(Data, StringComparison.Ordinal)) data[field[Data.Length..]] = cell;
            // Many systems have words for it, such as "High", and mean something else by them.
            else if (field is Priority && !_said.Contains(place) && !ContactDue.TryPriority(cell, out _)) data[Priority] = cell;
            else if (field is not Name) contact[field] = cell;
            else AddName(contact, cell);
        }
        if (data.Count > 0) contact["custom_data"] = data;
        if (_countries.Where(place => place < cells.Count).Select(place => ListText.Plain(cells[place]))
            .FirstOrDefault(static cell => cell.Length > 0) is { } country)
            contact[ContactReading.RowCountry] = country;
        if (Array.Exists(_refusals, place => place < cells.Count && ColumnNames.IsRefusal(ListText.Plain(cells[place]))))
            contact[ContactReading.RowFault] = ContactReading.DoNotCall;
        return contact;
    }

    /// <summary>Whether a row has something where there is no column: then nobody knows which of its cells stands in which.</summary>
    public bool AreTooMany(IReadOnlyList<string> cells) => cells.Skip(_fields.Count).Any(static cell => cell.Length > 0);

    private void AddFurther(IReadOnlyList<string> names, JsonObject named, Func<string, string?> fieldOf)
    {
        foreach (var (place, name) in names.Index())
            if (!named.ContainsKey(name) && fieldOf(name) is { } field && !_fields.Contains(field)) Take(place, name, field);
    }

    private void Take(int place, string name, string field)
    {
        _words[place] = KeyOf(name);
        _fields[place] = field;
        Mapping[name] = field;
    }

    /// <summary>
    /// What stands behind the last space is the last name, and so is one word before a comma, as in "Berg, Anna". A column of its own is
    /// nearer.
    /// </summary>
    private static void AddName(JsonObject contact, string name)
    {
        if (name.Split(',', StringSplitOptions.TrimEntries) is [var family, { Length: > 0 } given] && family.Length > 0
            && !family.Contains(' ', StringComparison.Ordinal))
            name = $"{given} {family}";
        int last = name.LastIndexOf(' ');
        if (!contact.ContainsKey("first_name")) contact["first_name"] = last < 0 ? name : name[..last].TrimEnd();
        if (last >= 0 && !contact.ContainsKey("last_name")) contact["last_name"] = name[(last + 1)..];
    }

    /// <summary>Of columns with one name each further one has its number behind it, by which a mapping names it.</summary>
    private static string[] Apart(string[] said)
    {
        var names = new List<string>();
        foreach (string name in said)
        {
            string own = name;
            for (int nth = 2; names.Contains(own, StringComparer.Ordinal); nth++) own = $"{name} ({nth})";
            names.Add(own);
        }
        return [.. names];
    }

    /// <param name="said">As the file calls it, beside others, too.</param>
    private static (string? Field, string? Fault) FieldOf(string name, string said, int place, JsonObject named)
    {
        string key = KeyOf(name);
        if (!named.TryGetPropertyValue(name, out var asked))
            return (Known.GetValueOrDefault(KeyOf(said)) ?? Data + (key.Length == 0 ? Unnamed(place) : OwnOf(name) ?? key), null);
        if (asked is null) return (null, null);
        if (asked.GetValueKind() is not JsonValueKind.String) return (null, "A mapping has the field of each column as a text.");
        string field = (string)asked!;       // it is a text
        if (field.Length == 0) return (null, null);
        bool isData = field.Length > Data.Length && field.StartsWith(Data, StringComparison.Ordinal);
        return isData || Fields.Contains(field) ? (field, null)
            : (null, $"'{field}' is no field of a contact; there are {string.Join(", ", Fields)} and {Data}WORD.");
    }

    /// <summary>The word of a column that this API itself has called <c>custom_data.WORD</c>; null for any other.</summary>
    private static string? OwnOf(string name) =>
        name.StartsWith(Data, StringComparison.OrdinalIgnoreCase) && KeyOf(name[Data.Length..]) is { Length: > 0 } word ? word : null;

    private static string Unnamed(int place) => $"column_{place + 1}";

    private static IEnumerable<KeyValuePair<string, string>> FurtherNames()
    {
        (string Field, string[] Names)[] all =
        [
            (Number, [.. ColumnNames.OfNumbers]),
            ("first_name", ["firstname", "forename", "given", "fname", "vorname", "prénom", "prenom", "nombre", "nome", "voornaam"]),
            ("last_name",
            [
                "lastname", "family_name", "lname", "nachname", "familienname", "nom", "nom_de_famille", "apellido", "apellidos", "cognome",
                "sobrenome", "achternaam",
            ]),
            ("email", ["e_mail", "email_address", "e_mail_address", "e_mail_adresse", "e_mail_1_value", "courriel", "adresse_e_mail"]),
            ("company",
            [
                "company_name", "business_name", "organisation_name", "organization_name", "account_name", "firma", "unternehmen",
                "société", "societe", "entreprise", "empresa", "azienda", "bedrijf",
            ]),
            ("timezone", ["time_zone", "zeitzone", "fuseau_horaire", "zona_horaria", "fuso_orario", "fuso_horário", "tijdzone"]),
        ];
        return all.SelectMany(one => one.Names.Select(name => KeyValuePair.Create(name, one.Field)));
    }

    private static Dictionary<string, string> JoinedNames()
    {
        var joined = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, field) in Known.Concat(Further)) joined.TryAdd(ColumnNames.JoinedKeyOf(name), field);
        return joined;
    }

    private static string KeyOf(string name) => ColumnNames.KeyOf(name);
}
