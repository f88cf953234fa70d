using System.Globalization;

namespace Ringwright.Contract.Conformance;

/// <summary>Codes by text and by call, the profiles whose rules they follow, and what they are told with.</summary>
internal static class VerifyRows
{
    private const string Asked = """{"phone_number": "$coded_number", "verify_profile_id": "$coded_profile", "custom_code": "123456"}""";
    private static int _coded;

    public static readonly Area Area = new(
    [
        new("CreateVerifyProfile", """{"name": "$unique"}""")
        {
            Full = """
                {"webhook_url": "$hook", "webhook_failover_url": "$hook", "language": "en-US",
                 "sms": {"whitelisted_destinations": ["US"], "app_name": "$unique", "code_length": 6,
                         "default_verification_timeout_secs": 60, "messaging_template_id": "$CreateMessageTemplate"},
                 "call": {"whitelisted_destinations": ["US"], "app_name": "$unique", "code_length": 4,
                          "default_verification_timeout_secs": 3600, "messaging_template_id": "$CreateMessageTemplate"},
                 "flashcall": {"whitelisted_destinations": ["US"], "app_name": "$unique", "default_verification_timeout_secs": 60}}
                """,
        },
        new("CreateMessageTemplate", """{"text": "$unique says {{code}}"}"""),
        new("CreateVerificationSms", Asked) { Full = """{"timeout_secs": 60}""" },
        new("CreateVerificationCall", Asked) { Full = """{"timeout_secs": 60}""" },
        new("CreateFlashcallVerification", """{"phone_number": "$coded_number", "verify_profile_id": "$coded_profile"}""")
        {
            Full = """{"timeout_secs": 60}""",
        },
        new("RetrieveVerification") { Path = ["$CreateVerificationSms"] },
        new("ListVerifications") { Path = ["$CreateVerificationSms.phone_number"], IsEverybodys = true },
        new("VerifyVerificationCodeById", """{"code": "123456"}""")
        {
            Path = ["$CreateVerificationSms"], Full = """{"status": "accepted"}""",
        },
        new("VerifyVerificationCodeByPhoneNumber", """
            {"code": "123456", "verify_profile_id": "$CreateVerificationSms.verify_profile_id"}
            """)
        {
            Path = ["$CreateVerificationSms.phone_number"],
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // One that calls lead to, as to $provable. No two are in one hundred: of those only so many get codes in an hour.
            ["coded_number"] = async words =>
            {
                await words.FillAsync("$provable");
                return string.Create(CultureInfo.InvariantCulture, $"+1646{5_560_000 + 100 * Interlocked.Increment(ref _coded):D7}");
            },
            // A profile with all ways, in an account that has a number to text from.
            ["coded_profile"] = async words =>
            {
                await words.FillAsync("$texting_from");
                return await words.Node.KeepAsync("coded profile", () => words.MakeAsync("CreateVerifyProfile",
                    """
                    {"sms": {"whitelisted_destinations": ["US"]}, "call": {"whitelisted_destinations": ["US"]},
                     "flashcall": {"whitelisted_destinations": ["US"]}}
                    """));
            },
        },
    };
}
