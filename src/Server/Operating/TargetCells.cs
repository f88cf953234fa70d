using System.Text.Encodings.Web;
using System.Text.Json;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Lists;

namespace Ringwright.Server.Operating;

/// <summary>The row that a list of targets is at, as the operator's API takes it. What it knows of the columns it asks once.</summary>
/// <param name="refused">Telephones of which another row of the list says that nobody is to call them.</param>
internal sealed class TargetCells(ListFile file, TargetReading reading, IReadOnlySet<string> refused)
{
    private const int MostName = 255, MostWord = 64, MostField = 2_000;

    private enum Kind { LeftOut, Number, Field, Further, Data }

    private readonly Column[] _columns = [.. file.Columns.Select(ColumnOf)];
    private readonly string[] _values = new string[file.Columns.Count];
    private readonly RowCountries _countries = new(reading.Home);
    private NationalNumbers? _home;

    /// <summary>What stands where the number belongs, as far as the row was read.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The address that it is, when the row has no fault.</summary>
    public string Number { get; private set; } = "";

    /// <summary>The address of a row that says itself that nobody is to call it; null of any other.</summary>
    public string? Refused { get; private set; }

    /// <returns>What is wrong with the row; null when nothing is.</returns>
    public string? Read()
    {
        (Text, Number, Refused) = ("", "", null);
        for (int place = 0; place < _columns.Length; place++)
        {
            var (kind, key, _, most) = _columns[place];
            string value = kind is Kind.LeftOut ? "" : file.Get(place);
            _values[place] = value;
            if (value.Length == 0) continue;
            if (value.Length > most) return $"{key} is longer than {most} characters";
            if (value.Contains('\0', StringComparison.Ordinal)) return $"{key} has a NUL";
            if (kind is Kind.Number) Text = value;
        }
        if (file.IsBadlyQuoted) return "a quote stands alone in the row";
        if (file.HasMoreCells) return ListFile.MoreCells;
        _home = _countries.Of(file.Country);
        string? fault = AddressOf(Text, out string number);
        if (file.IsRefused)
        {
            if (fault is null || NumberCell.TryRefused(Text, _home, out number)) Refused = number;
            return TargetAddress.Refused;
        }
        if (fault is not null) return fault;
        if (IsRefused(number)) return TargetAddress.RefusedByAnother;
        for (int place = 0; place < _columns.Length; place++)
        {
            if (_columns[place].Kind is not Kind.Further || _values[place].Length == 0) continue;
            if ((AddressOf(_values[place], out string further)
                    ?? (IsRefused(further) ? TargetAddress.RefusedByAnother : null)) is { } wrong)
                return $"{_columns[place].Key}: {wrong}";
            _values[place] = further;
        }
        Number = number;
        return null;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("phone_number"u8, Number);
        bool hasData = false;
        for (int place = 0; place < _columns.Length; place++)
        {
            if (_values[place].Length == 0) continue;
            if (_columns[place].Kind is Kind.Field or Kind.Further) json.WriteString(_columns[place].Name, _values[place]);
            else hasData |= _columns[place].Kind is Kind.Data;
        }
        if (hasData) WriteData(json);
        json.WriteEndObject();
    }

    private void WriteData(Utf8JsonWriter json)
    {
        json.WriteStartObject("data"u8);
        for (int place = 0; place < _columns.Length; place++)
            if (_columns[place].Kind is Kind.Data && _values[place].Length > 0) json.WriteString(_columns[place].Name, _values[place]);
        json.WriteEndObject();
    }

    private bool IsRefused(string address) => refused.Count > 0 && refused.Contains(TargetAddress.TelephoneOf(address));

    /// <returns>What is wrong with it; null when it is one.</returns>
    private string? AddressOf(string text, out string address)
    {
        var fault = NumberCell.Read(text, _home, out address);
        if (fault is NumberFault.None || fault is not NumberFault.TrunkZero && TargetAddress.TryParse(text, out address)) return null;
        return fault is NumberFault.NotANumber && (_home is not null || file.Country.Length == 0) ? TargetAddress.NotOne
            : RowCountries.Sentence(fault, _home, file.Country);
    }

    /// <summary>With the bounds of the operator's API: a row that it would refuse would take its whole piece along.</summary>
    private static Column ColumnOf(string key)
    {
        var (kind, most) = key switch
        {
            "" => (Kind.LeftOut, 0),
            TargetFile.Number => (Kind.Number, TargetAddress.MostCharacters),
            "name" => (Kind.Field, MostName),
            "timezone" or "due_at" => (Kind.Field, MostWord),
            _ when TargetAddress.Further.Contains(key) => (Kind.Further, TargetAddress.MostCharacters),
            _ => (Kind.Data, MostField),
        };
        return new(kind, key, JsonEncodedText.Encode(key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping), most);
    }

    /// <param name="Most">Characters of a cell.</param>
    private readonly record struct Column(Kind Kind, string Key, JsonEncodedText Name, int Most);
}
