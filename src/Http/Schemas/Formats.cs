using System.Buffers.Text;
using System.Globalization;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>The string formats of the contract, read as leniently as clients write them.</summary>
internal static class Formats
{
    /// <summary>Null when the text has the format, or the format is one that nobody checks.</summary>
    public static (ViolationKind Kind, string Fact)? WhatIsWrong(StringFormat format, string text) => format switch
    {
        StringFormat.Uuid when !IsUuid(text) => (ViolationKind.BadId, "must be a UUID"),
        StringFormat.DateTime when !IsDateTime(text) => (ViolationKind.BadFormat, "must be a date and time (ISO 8601)"),
        StringFormat.Date when !IsDate(text) => (ViolationKind.BadFormat, "must be a date (YYYY-MM-DD)"),
        StringFormat.Uri when !IsUrl(text) =>
            (ViolationKind.BadUrl, $"must be an absolute URL of at most {Limits.UrlCharacters} characters"),
        StringFormat.Email when !IsEmail(text) => (ViolationKind.BadEmail, "must be an e-mail address"),
        StringFormat.E164 when !IsE164(text) => (ViolationKind.BadNumber, "must be a number in +E.164 format"),
        StringFormat.Currency when !IsCurrency(text) => (ViolationKind.BadFormat, "must be a currency code (ISO 4217)"),
        StringFormat.Base64 when !IsBase64(text) => (ViolationKind.BadFormat, "must be base64"),
        StringFormat.Decimal when !IsDecimal(text) => (ViolationKind.BadFormat, "must be a decimal number"),
        _ => null,
    };

    public static bool IsUuid(string text) => Guid.TryParseExact(text, "D", out _) || Guid.TryParseExact(text, "N", out _);

    /// <summary>With or without seconds, fractions and zone.</summary>
    public static bool IsDateTime(string text) =>
        text.Length >= 10 && char.IsAsciiDigit(text[0])
        && DateTimeOffset.TryParse(text.Replace("-00:00", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out _);

    public static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) || IsDateTime(text);

    public static bool IsUrl(string text) =>
        text.Length <= Limits.UrlCharacters && Uri.TryCreate(text, UriKind.Absolute, out var url) && !url.IsFile && text.Contains(':')
        && !text.Contains(' ');

    public static bool IsEmail(string text)
    {
        int at = text.IndexOf('@');
        return at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(char.IsWhiteSpace);
    }

    public static bool IsE164(string text) => E164.TryParse(text, out _);

    public static bool IsDecimal(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    public static bool IsCurrency(string text) => text.Length == 3 && text.All(char.IsAsciiLetterUpper);

    public static bool IsBase64(string text) => Base64.IsValid(text);
}
