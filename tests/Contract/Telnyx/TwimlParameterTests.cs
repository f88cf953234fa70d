using System.Text.Json;
using Ringwright.Http;
using Ringwright.Texml.Twiml;

namespace Ringwright.Contract.Telnyx;

/// <summary>What a parameter of TwiML's API asks for that is refused: not by saying what is so anyway.</summary>
public sealed class TwimlParameterTests
{
    private static readonly Http.Contract Contract = TwimlContract.Read();

    [Theory]
    [InlineData("CreateParticipant", "JitterBufferSize", "large", "off")]
    [InlineData("CreateApplication", "ApiVersion", "2010-04-01", "2008-08-01")]
    [InlineData("UpdateIncomingPhoneNumber", "ApiVersion", "2010-04-01", "2008-08-01")]
    [InlineData("UpdateIncomingPhoneNumber", "VoiceReceiveMode", "voice", "fax")]
    [InlineData("UpdateIncomingPhoneNumber", "EmergencyStatus", "Inactive", "Active")]
    [InlineData("CreateApplication", "SmsUrl", "", "https://example.com/sms")]
    public void One_that_says_what_is_so_passes(string operation, string parameter, string so, string other)
    {
        var asked = Contract.Find(operation)!;      // an operation of the contract
        Assert.Contains(asked.Refused, rule => rule.Name == parameter);
        var schema = asked.Body!.Find("application/x-www-form-urlencoded")!.Schema.FindProperty(parameter)!;        // it has both
        Assert.False(RefusedParameters.IsAskedFor(JsonSerializer.SerializeToElement(so), schema.Default));
        Assert.True(RefusedParameters.IsAskedFor(JsonSerializer.SerializeToElement(other), schema.Default));
    }
}
