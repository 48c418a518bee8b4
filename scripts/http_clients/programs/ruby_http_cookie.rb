# net/http of Ruby with the jar of http-cookie, which Mechanize and others use, kept as YAML.

require 'http/cookie_jar'
require 'net/http'

if ARGV[0] == '--version'
  puts "Ruby #{RUBY_VERSION}, http-cookie #{HTTP::Cookie::VERSION}"
  exit
end

base, folder = ARGV
file = "#{folder}/cookies.yml"
jar = HTTP::CookieJar.new
jar.load(file) if File.exist?(file)
$stdin.read.each_line(chomp: true) do |line|
  method, path, csrf_cookie, body = line.split(' ', 4)
  url = URI(base + path)
  request = Net::HTTP.const_get(method.capitalize).new(url)
  cookies = jar.cookies(url)
  request['Cookie'] = HTTP::Cookie.cookie_value(cookies) unless cookies.empty?
  csrf = cookies.find { |one| one.name == csrf_cookie }
  request['X-CSRF-TOKEN'] = csrf.value if csrf
  if body
    request['Content-Type'] = 'application/json'
    request.body = body
  end
  answer = Net::HTTP.start(url.host, url.port) { |http| http.request(request) }
  (answer.get_fields('Set-Cookie') || []).each { |one| jar.parse(one, url) }
end
jar.save(file)
