using System.Buffers;

namespace Ringwright.Campaigns.Lists;

/// <summary>How lists of people call the columns that mean the same in all of them, in the node's languages. Pure.</summary>
public static class ColumnNames
{
    private const int MostKey = 64;

    /// <summary>In a cell that says nothing: dashes and the like, and an empty box.</summary>
    private static readonly SearchValues<char> Nothing = SearchValues.Create(" -\u2013\u2014./\u2610");

    private static readonly HashSet<string> UsualNumbers = ["phone", "phone_number", "mobile", "cell", "number"];

    private static readonly HashSet<string> FurtherNumbers =
    [
        "telephone", "tel", "telephone_number", "phone_no", "phone_1", "phone_1_value", "primary_phone", "mobile_phone", "mobile_number",
        "mobile_phone_number", "cell_phone", "cellphone", "cell_number", "contact_number", "contact_phone", "customer_phone",
        "recipient_phone", "recipient_number", "to_number", "business_phone", "work_phone", "home_phone", "office_phone", "other_phone",
        "phone_mobile", "phone_work", "phone_home", "phone_office", "mobile_no", "cell_no", "contact_no", "tel_no", "person_phone_mobile",
        "msisdn", "telefon", "telefonnummer", "rufnummer", "handy", "handynummer", "mobil", "mobiltelefon", "mobilnummer",
        "téléphone", "numéro_de_téléphone", "numero_de_telephone", "teléfono", "telefono", "número_de_teléfono",
        "numero_de_telefono", "móvil", "movil", "celular", "cellulare", "numero_di_telefono", "telefone", "telemóvel",
        "telemovel", "telefoon", "telefoonnummer", "mobiel",
    ];

    private static readonly HashSet<string> Countries =
    [
        "country", "country_code", "country_iso", "country_iso_code", "iso_country", "country_region", "country_name", "land", "pays",
        "país", "pais", "paese",
    ];

    /// <summary>Of the number, and not of where whoever has it lives.</summary>
    private static readonly HashSet<string> CallingCodes =
    [
        "phone_code", "calling_code", "country_calling_code", "phone_country_code", "dial_code", "dialing_code", "dialling_code",
    ];

    /// <summary>By which other programs say of somebody that nobody is to call him, in one word.</summary>
    private static readonly HashSet<string> Refusals =
    [
        "donotcall", "isdonotcall", "donotcallflag", "donotcontact", "donotphone", "donotallowphonecalls", "dnc", "dnd", "nocalls",
        "phoneoptout", "calloptout", "optedoutofcalls", "nichtanrufen", "keineanrufe", "nepasappeler", "nollamar", "nonchiamare",
        "nietbellen",
    ];

    /// <summary>
    /// What lists say besides that were held against registries. It forbids a call where it is said; where it is denied, it allows none.
    /// </summary>
    private static readonly HashSet<string> Marks =
    [
        .. Refusals, "isdnc", "indnc", "ondnc", "dnclist", "indnclist", "ondnclist", "dncflag", "dncstatus", "dncfederal", "federaldnc",
        "dncnational", "nationaldnc", "dncstate", "statednc", "litigator", "islitigator", "inlitigatorlist", "tcpalitigator",
    ];

    /// <summary>What stands in such a column where somebody may be called.</summary>
    private static readonly HashSet<string> Allowed =
    [
        "0", "0_0", "false", "f", "no", "n", "off", "none", "null", "nil", "n_a", "na", "allow", "allowed", "ok", "clean", "callable",
        "not_listed", "not_dnc", "non_dnc", "not_on_dnc", "inactive", "unchecked", "nein", "falsch", "non", "faux", "falso", "nee",
        "onwaar", "não", "nao",
    ];

    /// <summary>What is looked for before what: the names as they are, then those of several words written as one.</summary>
    private static readonly (HashSet<string> Names, bool AreJoined)[] NumbersInTurn =
        [(UsualNumbers, false), (FurtherNumbers, false), (Joined(UsualNumbers), true), (Joined(FurtherNumbers), true)];

    private static readonly HashSet<string> AllNumbers = [.. UsualNumbers.Concat(FurtherNumbers).Select(JoinedKeyOf)];

    private static readonly HashSet<string> JoinedCallingCodes = Joined(CallingCodes), JoinedCountries = Joined(Countries);

    /// <summary>What a number is called where a list has no column that is called as usual.</summary>
    public static IReadOnlyCollection<string> OfNumbers => FurtherNumbers;

    /// <summary>As names of columns are compared: small letters and digits, with underscores for all else.</summary>
    public static string KeyOf(string name)
    {
        string plain = string.Concat(name.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : '_')).Trim('_');
        while (plain.Contains("__", StringComparison.Ordinal)) plain = plain.Replace("__", "_", StringComparison.Ordinal);
        return plain.Length > MostKey ? plain[..MostKey] : plain;
    }

    /// <summary>As programs export what they call a thing inside, such as <c>MobilePhone</c>: in one word.</summary>
    public static string JoinedKeyOf(string name) => KeyOf(name).Replace("_", "", StringComparison.Ordinal);

    /// <summary>The places of the columns that may be the number: those that are called as usual, or where none is, the others.</summary>
    public static IReadOnlyList<int> NumbersIn(IEnumerable<string> names)
    {
        string[] said = [.. names], keys = [.. said.Select(KeyOf)], joined = [.. said.Select(JoinedKeyOf)];
        foreach (var (known, areJoined) in NumbersInTurn)
            if (PlacesOf(areJoined ? joined : keys, known) is { Length: > 0 } places) return places;
        return [];
    }

    /// <summary>The places of all columns that may be a number, however usual their names are.</summary>
    public static int[] AllNumbersIn(IEnumerable<string> names) =>
        [.. names.Select(JoinedKeyOf).Index().Where(static one => AllNumbers.Contains(one.Item)).Select(static one => one.Index)];

    /// <summary>
    /// The places of the columns that say in which country the number of their row is dialled, those that are of the number before any
    /// other: the first that has something counts.
    /// </summary>
    public static int[] CountriesIn(IEnumerable<string> names)
    {
        string[] keys = [.. names.Select(JoinedKeyOf)];
        return [.. PlacesOf(keys, JoinedCallingCodes), .. PlacesOf(keys, JoinedCountries)];
    }

    /// <summary>The places of the columns of which <see cref="IsMark"/> is true.</summary>
    public static int[] RefusalsIn(IEnumerable<string> names, string number) =>
        [.. names.Index().Where(one => IsMark(one.Item, number)).Select(static one => one.Index)];

    /// <summary>The places of the columns by which a list may also say of somebody that he may be called.</summary>
    public static int[] DenialsIn(IEnumerable<string> names) => PlacesOf([.. names.Select(JoinedKeyOf)], Refusals);

    /// <summary>Whether a word of somebody's own data is called as those columns are.</summary>
    public static bool IsOfRefusals(string name) => Refusals.Contains(JoinedKeyOf(name));

    /// <summary>
    /// Whether a column says of somebody that nobody is to call him, or of the one number that a row is called by, as in
    /// <c>Phone 1 DNC</c> beside <c>Phone 1</c>: what is said of the others of a row does not count.
    /// </summary>
    /// <param name="number">What the list calls that number.</param>
    public static bool IsMark(string name, string number)
    {
        string key = JoinedKeyOf(name), whole = JoinedKeyOf(number);
        return Marks.Contains(key) || IsMarkOf(key, whole) || IsMarkOf(key, whole.Replace("number", "", StringComparison.Ordinal));
    }

    /// <summary>Whether a cell there says so: some have a date there, or why, so that it is whatever does not say no.</summary>
    public static bool IsRefusal(string cell) =>
        KeyOf(cell) is { Length: > 0 } said ? !Allowed.Contains(said) : cell.AsSpan().ContainsAnyExcept(Nothing);

    /// <summary>Whether a cell there says that it is not so, which one that says nothing does not.</summary>
    public static bool IsDenied(string cell) =>
        KeyOf(cell) is var said and not ("none" or "null" or "nil" or "n_a" or "na") && Allowed.Contains(said);

    private static bool IsMarkOf(string key, string number) => number.Length > 0
        && ((key.StartsWith(number, StringComparison.Ordinal) && Marks.Contains(key[number.Length..]))
            || (key.EndsWith(number, StringComparison.Ordinal) && Marks.Contains(key[..^number.Length])));

    private static HashSet<string> Joined(HashSet<string> names) => [.. names.Select(JoinedKeyOf)];

    private static int[] PlacesOf(string[] keys, HashSet<string> names) =>
        [.. keys.Index().Where(one => names.Contains(one.Item)).Select(one => one.Index)];
}
