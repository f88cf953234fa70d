using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.Configuration.Attributes;

namespace Ringwright.Server.Demo;

/// <summary>One row of the contacts file: name, phone (+E.164) and the appointment as it is to be spoken.</summary>
internal sealed record Contact
{
    [Name("name")] public required string Name { get; init; }
    [Name("phone")] public required string Phone { get; init; }
    [Name("appointment")] public required string Appointment { get; init; }

    /// <exception cref="DemoException">The file is missing, has no rows, or a row lacks a column.</exception>
    public static IReadOnlyList<Contact> Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, PrepareHeaderForMatch = args => args.Header.ToLowerInvariant() });
            var contacts = csv.GetRecords<Contact>().ToList();
            if (contacts.Count == 0) throw new DemoException($"{file} holds no contacts");
            return contacts;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvHelperException)
        {
            throw new DemoException($"cannot read contacts from {file}: {e.Message.Split('\n')[0].Trim()} (expected columns: name,phone,appointment)");
        }
    }
}

/// <summary>A problem that the user of the demo can understand and mend.</summary>
internal sealed class DemoException(string message) : Exception(message);
