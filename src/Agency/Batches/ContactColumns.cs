using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>What the columns of a file of contacts are. Pure.</summary>
internal sealed class ContactColumns
{
    private const string Number = "phone_number", Name = "full_name", Data = "custom_data.";
    private const int MostKey = 64;

    private static readonly string[] Fields =
    [
        Number, "first_name", "last_name", Name, "email", "company", "title", "timezone", "consent_kind", "consent_source", "consent_at",
    ];

    /// <summary>How lists of contacts call a field; a name is compared without case, and spaces and dashes are underscores.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["phone"] = Number, ["phone_number"] = Number, ["mobile"] = Number, ["cell"] = Number, ["number"] = Number,
        ["first"] = "first_name", ["first_name"] = "first_name", ["given_name"] = "first_name", ["last"] = "last_name",
        ["last_name"] = "last_name", ["surname"] = "last_name", ["name"] = Name, ["full_name"] = Name, ["email"] = "email",
        ["company"] = "company", ["organisation"] = "company", ["organization"] = "company", ["title"] = "title",
        ["job_title"] = "title", ["timezone"] = "timezone", ["tz"] = "timezone", ["consent_kind"] = "consent_kind",
        ["consent_source"] = "consent_source", ["consent_at"] = "consent_at",
    };

    /// <summary>By place; null for a column that is left out.</summary>
    private readonly List<string?> _fields = [];

    public JsonObject Mapping { get; } = [];

    /// <param name="named">Fields by names of columns: <c>""</c> and null leave one out.</param>
    /// <returns>Null where they cannot be: <paramref name="problem"/> says why.</returns>
    public static ContactColumns? Of(IReadOnlyList<string> header, JsonObject named, out Problem? problem)
    {
        var columns = new ContactColumns();
        if (named.FirstOrDefault(one => !header.Contains(one.Key, StringComparer.Ordinal)) is { Key: { } missing })
        {
            problem = AgencyText.Bad("mapping", $"The file has no column '{missing}'.");
            return null;
        }
        foreach (var (place, name) in header.Index())
        {
            var (field, fault) = FieldOf(name, place, named);
            if (fault is null && field is not null && columns._fields.Contains(field)) fault = $"Two columns are {field}.";
            if (fault is null && columns.Mapping.ContainsKey(name)) fault = $"Two columns are called '{name}'.";
            if (fault is not null)
            {
                problem = AgencyText.Bad("mapping", fault);
                return null;
            }
            columns._fields.Add(field);
            columns.Mapping[name] = field;
        }
        problem = columns._fields.Contains(Number) ? null
            : AgencyText.Bad("file", "No column is a phone number: call one phone_number, or say by mapping which is.");
        return problem is null ? columns : null;
    }

    /// <summary>A row as a contact; cells that are empty are not there.</summary>
    public JsonObject Contact(IReadOnlyList<string> cells)
    {
        var contact = new JsonObject();
        JsonObject data = [];
        for (int place = 0; place < _fields.Count && place < cells.Count; place++)
        {
            string cell = cells[place];
            if (_fields[place] is not { } field || cell.Length == 0) continue;
            if (field.StartsWith(Data, StringComparison.Ordinal)) data[field[Data.Length..]] = cell;
            else if (field is not Name) contact[field] = cell;
            else AddName(contact, cell);
        }
        if (data.Count > 0) contact["custom_data"] = data;
        return contact;
    }

    /// <summary>What stands behind the last space is the last name. A column of its own is nearer.</summary>
    private static void AddName(JsonObject contact, string name)
    {
        int last = name.LastIndexOf(' ');
        if (!contact.ContainsKey("first_name")) contact["first_name"] = last < 0 ? name : name[..last].TrimEnd();
        if (last >= 0 && !contact.ContainsKey("last_name")) contact["last_name"] = name[(last + 1)..];
    }

    private static (string? Field, string? Fault) FieldOf(string name, int place, JsonObject named)
    {
        string key = KeyOf(name);
        if (!named.TryGetPropertyValue(name, out var asked))
            return (Known.GetValueOrDefault(key) ?? Data + (key.Length == 0 ? $"column_{place + 1}" : key), null);
        if (asked is null) return (null, null);
        if (asked.GetValueKind() is not JsonValueKind.String) return (null, "A mapping has the field of each column as a text.");
        string field = (string)asked!;       // it is a text
        if (field.Length == 0) return (null, null);
        bool isData = field.Length > Data.Length && field.StartsWith(Data, StringComparison.Ordinal);
        return isData || Fields.Contains(field) ? (field, null)
            : (null, $"'{field}' is no field of a contact; there are {string.Join(", ", Fields)} and {Data}WORD.");
    }

    /// <summary>Small letters and digits, with underscores for all else.</summary>
    private static string KeyOf(string name)
    {
        string plain = string.Concat(name.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : '_')).Trim('_');
        while (plain.Contains("__", StringComparison.Ordinal)) plain = plain.Replace("__", "_", StringComparison.Ordinal);
        return plain.Length > MostKey ? plain[..MostKey] : plain;
    }
}
