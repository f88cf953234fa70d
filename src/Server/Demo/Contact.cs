using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.Configuration.Attributes;
using Ringwright.Core;

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
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                TrimOptions = TrimOptions.Trim,
                PrepareHeaderForMatch = args => args.Header.Trim().ToLowerInvariant(),
                BadDataFound = null,
            });
            var contacts = new List<Contact>();
            foreach (var contact in csv.GetRecords<Contact>())
            {
                if (!E164.TryParse(contact.Phone, out _))
                    throw new DemoException(
                        $"{file}, line {csv.Parser.Row}: '{contact.Phone}' is not a number in +E.164 form, for example +15550071001");
                contacts.Add(contact);
            }
            if (contacts.Count == 0) throw new DemoException($"{file} holds no contacts");
            return contacts;
        }
        catch (HeaderValidationException)
        {
            throw new DemoException($"{file}: the first line must name the columns name, phone and appointment");
        }
        catch (CsvHelperException e)
        {
            throw new DemoException(
                $"{file}, line {e.Context?.Parser?.Row ?? 1}: a contact needs a name, a phone and an appointment, separated by commas");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"cannot read contacts from {file}: {e.Message.Split('\n')[0].Trim()}");
        }
    }
}

/// <summary>A problem that the user of the demo can understand and mend.</summary>
internal sealed class DemoException(string message) : Exception(message);
