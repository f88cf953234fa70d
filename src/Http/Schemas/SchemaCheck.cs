using System.Text.Json;

namespace Ringwright.Http;

/// <summary>Which way a body goes: fields that are read-only are not looked at in requests, write-only fields not in replies.</summary>
public enum BodyDirection { Request, Reply }

/// <summary>
/// Holds a body against a schema and collects what is wrong with it, at most <see cref="Limits.Violations"/>. One use; costs about five
/// microseconds for a dial request and allocates the names of its fields.
/// </summary>
public sealed class SchemaCheck
{
    private readonly BodyDirection _direction;
    private readonly bool _readsWritten, _passesEmpty, _readsLoose;
    private readonly Trail _trail = new();
    private List<Violation>? _violations;
    private int _silence;
    private bool _isWrong;

    private SchemaCheck(BodyDirection direction, bool readsWritten, bool passesEmpty, bool readsLoose) =>
        (_direction, _readsWritten, _passesEmpty, _readsLoose) = (direction, readsWritten, passesEmpty, readsLoose);

    /// <summary>The body has nulls where the schema has none; they count as not given.</summary>
    public bool HasStrayNulls { get; private set; }

    /// <summary>The body has integers with a point or an exponent.</summary>
    public bool HasPointedIntegers { get; private set; }

    /// <summary>
    /// The body has numbers, true or false as texts, methods as post, or what is loosely typed, and they are taken for what they say.
    /// </summary>
    public bool HasWrittenValues { get; private set; }

    /// <summary>The body has <see cref="EmptyChoices">empty texts</see> where no text is; they count as not given.</summary>
    public bool HasEmptyChoices { get; private set; }

    public IReadOnlyList<Violation> Violations => _violations ?? (IReadOnlyList<Violation>)[];

    /// <param name="readsWritten">Takes <see cref="WrittenValue">values that are written as texts</see>, of requests.</param>
    /// <param name="passesEmpty">Passes over <see cref="EmptyChoices">empty texts</see> that choose nothing, of requests.</param>
    /// <param name="readsLoose">Takes numbers for texts and empty lists for objects, of requests.</param>
    public static SchemaCheck Run(Schema schema, JsonElement body, BodyDirection direction = BodyDirection.Request,
        bool readsWritten = false, bool passesEmpty = false, bool readsLoose = false)
    {
        bool isRequest = direction is BodyDirection.Request;
        var check = new SchemaCheck(direction, readsWritten && isRequest, passesEmpty && isRequest, readsLoose && isRequest);
        check.Visit(schema, body);
        return check;
    }

    private void Visit(Schema schema, JsonElement value)
    {
        if (IsFull) return;
        if (value.ValueKind is JsonValueKind.Null)
        {
            if (_direction is BodyDirection.Reply || schema.AcceptsNull) return;
            Report(ViolationKind.WrongType, "must not be null");
            return;
        }

        if (!JsonValues.IsOfType(schema.Types, value))
        {
            // Not to choose between alternatives: there a text may be meant.
            if (_silence == 0 && MeantBy(schema.Types, value) is { } said)
            {
                HasWrittenValues = true;
                Visit(schema, said);
                return;
            }

            Report(schema.Types is JsonTypes.String ? ViolationKind.NotText : ViolationKind.WrongType,
                $"must be {JsonValues.Words(schema.Types)}");
            return;
        }

        if (schema.Texts is not null || schema.Literals is not null) VisitEnum(schema, value);
        switch (value.ValueKind)
        {
            case JsonValueKind.String: VisitText(schema, value); break;
            case JsonValueKind.Number: VisitNumber(schema, value); break;
            case JsonValueKind.Object: VisitObject(schema, value); break;
            case JsonValueKind.Array: VisitArray(schema, value); break;
        }

        foreach (var part in schema.AllOf) Visit(part, value);
        if (schema.AnyOf.Count > 0) VisitAlternatives(schema, value);
    }

    private void VisitObject(Schema schema, JsonElement value)
    {
        if (_direction is BodyDirection.Request && value.GetPropertyCount() > Limits.ObjectMembers)
        {
            Report(ViolationKind.Items, $"must have at most {Limits.ObjectMembers} members");
            return;
        }

        if (schema.Properties.Count > 0 || schema.Additional is not null || (schema.IsClosed && _silence > 0))
            foreach (var member in value.EnumerateObject())
            {
                string name = member.Name;
                if (schema.Properties.TryGetValue(name, out var property))
                {
                    if (IsSkipped(property)) continue;
                    if (member.Value.ValueKind is JsonValueKind.Null && IsStray(property))
                    {
                        // Counts as not given; below it is missing when it is required.
                        HasStrayNulls = true;
                        continue;
                    }

                    if (_passesEmpty && EmptyChoices.IsOne(property, member.Value))
                    {
                        HasEmptyChoices = true;
                        continue;
                    }

                    _trail.Push(name);
                    Visit(property, member.Value);
                    _trail.Pop();
                }
                else if (schema.Additional is { } additional)
                {
                    _trail.Push(name);
                    Visit(additional, member.Value);
                    _trail.Pop();
                }
                else if (schema.IsClosed && _silence > 0)
                {
                    // Only decides between alternatives: extra fields are otherwise welcome.
                    Report(ViolationKind.NoAlternative, "has a field that does not belong here");
                }
            }

        foreach (string name in schema.Required)
        {
            if (value.TryGetProperty(name, out var given) && IsSaid(schema.FindProperty(name), given)) continue;
            if (schema.FindProperty(name) is { } property && IsSkipped(property)) continue;
            _trail.Push(name);
            Report(ViolationKind.Missing, "is required");
            _trail.Pop();
        }
    }

    private void VisitArray(Schema schema, JsonElement value)
    {
        int count = value.GetArrayLength();
        if (schema.MinItems is { } least && count < least)
            Report(ViolationKind.Items, $"must have at least {least} {(least == 1 ? "item" : "items")}");
        if (_direction is BodyDirection.Request && schema.MaxItems is null && count > Limits.ArrayItems)
        {
            Report(ViolationKind.Items, $"must have at most {Limits.ArrayItems} items");
            return;
        }

        if (schema.MaxItems is { } most && count > most) Report(ViolationKind.Items, $"must have at most {most} items");
        if (schema.HasUniqueItems && count > 1)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var item in value.EnumerateArray())
                if (!seen.Add(item.GetRawText()))
                {
                    Report(ViolationKind.Items, "must not have the same item twice");
                    break;
                }
        }

        if (schema.Items is not { } items) return;
        int index = 0;
        foreach (var item in value.EnumerateArray())
        {
            _trail.Push(index++);
            Visit(items, item);
            _trail.Pop();
            if (IsFull) return;
        }
    }

    private void VisitText(Schema schema, JsonElement value)
    {
        if (_direction is BodyDirection.Request && HasUsualLength(schema) && JsonValues.IsTooLong(value))
            Report(ViolationKind.Length, $"must have at most {Limits.TextCharacters} characters");
        if (schema is { MinLength: null, MaxLength: null, Pattern: null, Format: StringFormat.None }) return;
        string text = value.GetString()!;
        if (schema.MinLength is not null || schema.MaxLength is not null)
        {
            int length = JsonValues.RuneCount(text);
            if (length < schema.MinLength)
                Report(ViolationKind.Length,
                    schema.MinLength == 1 ? "must not be empty" : $"must have at least {schema.MinLength} characters");
            else if (length > schema.MaxLength) Report(ViolationKind.Length, $"must have at most {schema.MaxLength} characters");
        }

        if (schema.Pattern is { } pattern && !pattern.IsMatch(text)) Report(ViolationKind.Pattern, $"must match {pattern}");
        // An empty text stands for "none" where the contract's own default is empty.
        if (text.Length == 0 && schema.Default?.GetValueKind() is JsonValueKind.String && schema.Default.GetValue<string>().Length == 0)
            return;
        if (_direction is BodyDirection.Reply && schema.Format is not (StringFormat.DateTime or StringFormat.Uuid)) return;
        if (Formats.WhatIsWrong(schema.Format, text) is var (kind, fact)) Report(kind, fact);
    }

    /// <summary>
    /// Files inside a body have the length of the body; other schemas that include more than themselves say their length there.
    /// </summary>
    private static bool HasUsualLength(Schema schema) =>
        schema is { MaxLength: null, Format: not StringFormat.Base64, AllOf.Count: 0, AnyOf.Count: 0 };

    private void VisitNumber(Schema schema, JsonElement value)
    {
        if (schema.Types.HasFlag(JsonTypes.Integer) && !schema.Types.HasFlag(JsonTypes.Number) && !value.TryGetInt64(out _))
            HasPointedIntegers = true;
        // What no double holds, one of the databases cannot compare.
        if (_direction is BodyDirection.Request && (!value.TryGetDouble(out double any) || !double.IsFinite(any)))
        {
            Report(ViolationKind.Range, "is too large");
            return;
        }

        if (schema.Format is StringFormat.Int32 && (!value.TryGetDouble(out double whole) || whole is < int.MinValue or > int.MaxValue))
        {
            Report(ViolationKind.Range, "is too large");
            return;
        }

        if (schema.Minimum is null && schema.Maximum is null) return;
        if (!value.TryGetDecimal(out decimal number))
        {
            Report(ViolationKind.Range, "is too large");
            return;
        }

        if (schema.AlsoNumbers?.Contains(number) is true) return;
        if (number < schema.Minimum || (schema.IsMinimumExclusive && number == schema.Minimum))
            Report(ViolationKind.Range, $"must be {(schema.IsMinimumExclusive ? "more than" : "at least")} {schema.Minimum}");
        else if (number > schema.Maximum || (schema.IsMaximumExclusive && number == schema.Maximum))
            Report(ViolationKind.Range, $"must be {(schema.IsMaximumExclusive ? "less than" : "at most")} {schema.Maximum}");
    }

    private void VisitEnum(Schema schema, JsonElement value)
    {
        bool isKnown = value.ValueKind is JsonValueKind.String
            ? schema.Texts?.Contains(value.GetString()!) is true
            : schema.Literals?.Contains(value.GetRawText()) is true;
        if (isKnown) return;
        if (_readsWritten && value.ValueKind is JsonValueKind.String && schema.Texts is { } words
            && WrittenValue.Method(words, value.GetString()!) is not null)
        {
            HasWrittenValues = true;
            return;
        }

        var allowed = (schema.Texts ?? []).Concat(schema.Literals ?? []).Order(StringComparer.Ordinal).ToArray();
        Report(ViolationKind.NotInEnum, allowed.Length <= Limits.ListedValues
            ? $"must be one of: {string.Join(", ", allowed)}"
            : $"is none of the {allowed.Length} values that are allowed");
    }

    /// <summary>At least one alternative must fit. What the best of those that do not fit lacks is reported.</summary>
    private void VisitAlternatives(Schema schema, JsonElement value)
    {
        if (schema.Discriminator is { } discriminator && value.ValueKind is JsonValueKind.Object
            && value.TryGetProperty(discriminator.Property, out var chosen) && chosen.ValueKind is JsonValueKind.String)
        {
            if (discriminator.Mapping.TryGetValue(chosen.GetString()!, out var meant))
            {
                Visit(meant, value);
                return;
            }
        }

        Schema? best = null;
        int bestScore = int.MinValue;
        foreach (var alternative in schema.AnyOf)
        {
            if (Fits(alternative, value)) return;
            int score = Score(alternative, value);
            if (score <= bestScore) continue;
            (best, bestScore) = (alternative, score);
        }

        if (best is null || !JsonValues.IsOfType(best.Types, value))
        {
            var types = JsonTypes.Any;
            foreach (var alternative in schema.AnyOf) types |= alternative.Types;
            Report(ViolationKind.NoAlternative,
                types is JsonTypes.Any ? "fits none of the alternatives" : $"must be {JsonValues.Words(types)}");
            return;
        }

        int before = Violations.Count;
        bool hadWritten = HasWrittenValues;
        HasWrittenValues = false;
        Visit(best, value);
        // It may lack nothing but what is written as a text, which no alternative takes as one.
        bool fits = HasWrittenValues;
        HasWrittenValues |= hadWritten;
        if (Violations.Count == before && !_isWrong && !fits) Report(ViolationKind.NoAlternative, "fits none of the alternatives");
    }

    private bool Fits(Schema schema, JsonElement value)
    {
        bool before = _isWrong;
        _isWrong = false;
        _silence++;
        Visit(schema, value);
        _silence--;
        bool fits = !_isWrong;
        _isWrong = before;
        return fits;
    }

    /// <summary>How much an alternative looks meant: its type, then its constants, then its fields.</summary>
    private static int Score(Schema schema, JsonElement value)
    {
        if (!JsonValues.IsOfType(schema.Types, value)) return -1000;
        if (value.ValueKind is not JsonValueKind.Object) return 0;
        int score = 0;
        foreach (var member in value.EnumerateObject())
        {
            if (schema.FindProperty(member.Name) is not { } property) continue;
            score++;
            if (property.Texts is { Count: 1 } constant && member.Value.ValueKind is JsonValueKind.String)
                score += constant.Contains(member.Value.GetString()!) ? 100 : -100;
        }

        return score;
    }

    /// <summary>What a value of another type is meant to be, where the API reads it so; null where it is wrong.</summary>
    private JsonElement? MeantBy(JsonTypes types, JsonElement value) =>
        (_readsWritten ? WrittenValue.Of(types, value) : null) ?? (_readsLoose ? WrittenValue.Loose(types, value) : null);

    private bool IsFull => _violations?.Count >= Limits.Violations;

    private bool IsSkipped(Schema property) => _direction is BodyDirection.Request ? property.IsReadOnly : property.IsWriteOnly;

    private bool IsSaid(Schema? property, JsonElement given) =>
        !(given.ValueKind is JsonValueKind.Null && IsStray(property))
        && !(_passesEmpty && property is not null && EmptyChoices.IsOne(property, given));

    private bool IsStray(Schema? property) => property is { AcceptsNull: false } && _direction is BodyDirection.Request;

    private void Report(ViolationKind kind, string fact)
    {
        _isWrong = true;
        if (_silence > 0 || IsFull) return;
        (_violations ??= []).Add(new(_trail.ToPointer(), kind, $"{(_trail.Last is { } name ? name : "The body")} {fact}."));
    }
}
