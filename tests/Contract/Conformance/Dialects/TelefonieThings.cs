namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What an account makes by Telefonie without a call.</summary>
internal static class TelefonieThings
{
    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        new("createConference", """{"friendly_name": "$unique"}""")
        {
            List = "listConferences", Read = "GetConference", Acts = [new("listConferenceParticipants")],
        },
    ];
}
