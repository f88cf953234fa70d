using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>How this API writes and reads what the engine says for it.</summary>
public static class TelnyxForm
{
    public static readonly ApiForm Form = new()
    {
        Errors = new TelnyxErrors(),
        Paging = new NumberedPages(PagingNames.Of, Lists(), PagingNames.All),
        Lists = new()
        {
            Filter = "filter", Sort = "sort", HasDateWords = true,
            Renamed = new Dictionary<string, string>
            {
                ["number_type"] = "phone_number_type",
                // filter[phone_number][country_code], as many programs write it.
                ["phone_number.country_code"] = "country_code",
                ["country_iso"] = "country_code",
                // As people in North America call them; many programs take these for the filters' names.
                ["area_code"] = "national_destination_code",
                ["state"] = "administrative_area",
                ["city"] = "locality",
                // What the events of calls show, and are found by under other names.
                ["call_session_id"] = "application_session_id",
                ["call_leg_id"] = "leg_id",
                // What a telephony credential is of: its own name says so by a word before the id.
                ["connection_id"] = "resource_id",
            },
            // Who is about to order a number asks whether it is still there.
            Begun = ["phone_number"],
            Read = new Dictionary<string, Func<string, string>>
            {
                ["from"] = TypedNumbers.OfFilter, ["to"] = TypedNumbers.OfFilter,
                ["cli"] = TypedNumbers.OfFilter, ["cld"] = TypedNumbers.OfFilter,
                ["phone_numbers.phone_number"] = TypedNumbers.OfFilter, ["phone_numbers.starting_number"] = TypedNumbers.OfFilter,
                ["messaging_profile_id"] = FoldedIds.Of, ["billing_group_id"] = FoldedIds.Of,
            },
        },
        // Programs in PHP and in shells send them.
        ReadsWrittenValues = true,
        // The contract has some commands of TeXML as JSON and some as forms; clients send each of them either way.
        TakesForms = static operation => operation.Path.StartsWith("/texml/", StringComparison.Ordinal),
        // Programs that were written for the API that TeXML is like repeat the name.
        SpacedLists =
        [
            "StatusCallbackEvent", "RecordingStatusCallbackEvent",
            "ConferenceStatusCallbackEvent", "ConferenceRecordingStatusCallbackEvent",
        ],
        Resources = new()
        {
            RecordType = "record_type",
            CreatedAt = "created_at",
            UpdatedAt = "updated_at",
            DeletedAt = "deleted_at",
            Time = static at => (JsonNode)TelnyxTime.Millis(at),
        },
        Access = new()
        {
            Forms = [new CredentialForm.BearerHeader { Help = "/.well-known/oauth-protected-resource" }],
            Hint = "send 'Authorization: Bearer KEY'",
        },
        Headers = new()
        {
            RequestId = "x-request-id",
            RateLimit = "x-ratelimit-limit",
            RateRemaining = "x-ratelimit-remaining",
            RateReset = "x-ratelimit-reset",
            // The SDKs try again otherwise.
            NotImplemented = new Dictionary<string, string> { ["x-should-retry"] = "false" },
        },
    };

    /// <summary>Most lists have data and meta; others name their one array and their facts as they like.</summary>
    private static PageShape Lists() => new()
    {
        Items = "data",
        Meta = "meta",
        Usual = ["page_number", "page_size", "total_pages", "total_results"],
        Facts = new Dictionary<string, PageFact>
        {
            ["page_number"] = PageFact.Number,
            ["page"] = PageFact.Number,
            ["page_size"] = PageFact.Size,
            ["total_pages"] = PageFact.Pages,
            ["total_results"] = PageFact.Total,
            ["total_items"] = PageFact.Total,
            ["totalRecords"] = PageFact.Total,
            ["total_records"] = PageFact.Total,
            ["start"] = PageFact.First,
            ["end"] = PageFact.Last,
            ["uri"] = PageFact.ThisPage,
            ["first_page_uri"] = PageFact.FirstPage,
            ["previous_page_uri"] = PageFact.PreviousPage,
            ["next_page_uri"] = PageFact.NextPage,
        },
    };
}
